// A product in tiles of 16 x 16, for operands oneDNN cannot take because of where they start. Steps are
// in floats, so that an operand may be read transposed.
#define TILE 16

kernel __attribute__((reqd_work_group_size(TILE, TILE, 1))) void steppe_matmul(
    global const float *a, uint a_start, uint a_row, uint a_column, global const float *b,
    uint b_start, uint b_row, uint b_column, TENSOR(c), uint rows, uint inner, uint columns) {
  local float left[TILE][TILE], right[TILE][TILE];
  const uint i = get_local_id(1), j = get_local_id(0);
  const uint r = get_group_id(1) * TILE + i, column = get_group_id(0) * TILE + j;
  float sum = 0.0f;
  for (uint k = 0; k < inner; k += TILE) {
    left[i][j] = r < rows && k + j < inner ? a[a_start + r * a_row + (k + j) * a_column] : 0.0f;
    right[i][j] =
        column < columns && k + i < inner ? b[b_start + (k + i) * b_row + column * b_column] : 0.0f;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint t = 0; t < TILE; ++t) sum = fma(left[i][t], right[t][j], sum);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (r < rows && column < columns) AT(c, r, column) = sum;
}
