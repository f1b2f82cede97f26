// Random numbers by counting, with the bits of <steppe/random.hpp>: value number n of the row with id
// i is a function of (key, i, n) alone.

/// Word `index` of a row: ten rounds of Philox4x32.
uint random_word(ulong key, ulong row, uint index) {
  uint4 counter = (uint4)(index / 4, 0, (uint)row, (uint)(row >> 32));
  uint2 k = (uint2)((uint)key, (uint)(key >> 32));
  for (int round = 0; round < 10; ++round) {
    const ulong even = (ulong)counter.x * 0xD2511F53u;
    const ulong odd = (ulong)counter.z * 0xCD9E8D57u;
    counter = (uint4)((uint)(odd >> 32) ^ counter.y ^ k.x, (uint)odd,
                      (uint)(even >> 32) ^ counter.w ^ k.y, (uint)even);
    k += (uint2)(0x9E3779B9u, 0xBB67AE85u);
  }
  const uint word = index % 4;
  return word == 0 ? counter.x : word == 1 ? counter.y : word == 2 ? counter.z : counter.w;
}

float portable_log(float x) {
  const int bits = as_int(x);
  const int exponent = (bits - 0x3F3504F3) >> 23;
  const float r = as_float(bits - exponent * 0x800000) - 1.0f;
  float q = 0.0851603076f;
  q = fma(q, r, -0.143375888f);
  q = fma(q, r, 0.150152847f);
  q = fma(q, r, -0.165705994f);
  q = fma(q, r, 0.199516356f);
  q = fma(q, r, -0.250015348f);
  q = fma(q, r, 0.333342642f);
  q = fma(q, r, -0.49999994f);
  return fma((float)exponent, 0.693147182f, fma(r * r, q, r));
}

float normal_from(uint word) {
  const bool upper = word >> 31 != 0;
  const int tail = (int)(upper ? ~word : word);
  const float p = ((float)tail + 0.5f) * 0x1p-32f;
  const float x = ((float)(0x7FFFFFFF - tail) + 0.5f) * 0x1p-31f;
  const float w = -portable_log(4.0f * p * (1.0f - p));
  const float u = fma(sqrt(w + 6.0f), 0.715981424f, -2.75378919f);
  float q = 0.0162525009f;
  q = fma(q, u, -0.0109286224f);
  q = fma(q, u, -0.0680714548f);
  q = fma(q, u, 0.0654341131f);
  q = fma(q, u, 0.0867287666f);
  q = fma(q, u, -0.135933965f);
  q = fma(q, u, 0.0230210181f);
  q = fma(q, u, 0.0682283267f);
  q = fma(q, u, -0.105419822f);
  q = fma(q, u, 0.120567933f);
  q = fma(q, u, -0.0857307315f);
  q = fma(q, u, 0.000992047018f);
  q = fma(q, u, 0.111043237f);
  q = fma(q, u, -0.270031303f);
  q = fma(q, u, 2.56449842f);
  q = fma(q, u, 3.95730758f);
  return upper ? x * q : -(x * q);
}

/// The place of a column in its row, padding of a flat buffer not counted.
uint logical(global const uint2 *blocks, uint c) {
  return blocks == 0 ? c : blocks[c / BLOCK].x + c % BLOCK;
}

KERNEL(uniform)(TENSOR(y), SHAPE, global const ulong *ids, ulong key, float low, float span,
                float top) {
  EACH(r, c);
  const uint word = random_word(key, ids[r], logical(blocks, c));
  const float value = low + span * ((float)(int)(word >> 8) * 0x1p-24f);
  AT(y, r, c) = value > top ? top : value;
}

KERNEL(normal)(TENSOR(y), SHAPE, global const ulong *ids, ulong key, float sigma) {
  EACH(r, c);
  AT(y, r, c) = sigma * normal_from(random_word(key, ids[r], logical(blocks, c)));
}
