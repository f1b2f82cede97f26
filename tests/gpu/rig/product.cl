// In place of oneDNN's product (gen9_gemm_nocopy_f32), which spreads over sub-groups: the same product
// of BLAS, columns one behind the other, with the same arguments in the same order.
//
//   C <- alpha op(A) op(B) + beta C,   op: transposed, or not, as the library's options to the compiler say
#ifdef TRANS_A
#define A_AT(i, p) a[(p) + (long)(i) * a_step]
#else
#define A_AT(i, p) a[(i) + (long)(p) * a_step]
#endif
#ifdef TRANS_B
#define B_AT(p, j) b[(j) + (long)(p) * b_step]
#else
#define B_AT(p, j) b[(p) + (long)(j) * b_step]
#endif

kernel void gen9_gemm_nocopy_f32(global float *a, global float *b, global float *c, long a_start,
                                 long b_start, long c_start, int a_step, int b_step, int c_step,
                                 int m, int n, int k, float alpha, float beta, int last_part,
                                 float unused_alpha, float unused_beta, float unused_scale
#ifdef WITH_K_UNROLL
                                 , volatile global int *unused_flag, long unused_flag_start
#endif
) {
  a += a_start;
  b += b_start;
  c += c_start;
  // The grid is the library's: as large as it likes.
  const long items = (long)get_global_size(0) * get_global_size(1) * get_global_size(2);
  long at = get_global_id(0) +
            get_global_size(0) * (get_global_id(1) + get_global_size(1) * get_global_id(2));
  for (; at < (long)m * n; at += items) {
    const int i = at % m, j = at / m;
    float sum = 0.0f;
    for (int p = 0; p < k; ++p) sum = fma(A_AT(i, p), B_AT(p, j), sum);
    global float *to = c + i + (long)j * c_step;
    *to = beta == 0.0f ? alpha * sum : alpha * sum + beta * *to;
  }
}
