// How much of a load a test puts on programs that a sanitizer has built: each job, and each call of
// stint, costs several times as much there, and what a load shows is shown by a third of it.
#pragma once

namespace stint::test {

template <typename Number>
constexpr Number scaled(Number load) {
#if defined(STINT_SANITIZED)
  return load / 3;
#else
  return load;
#endif
}

}  // namespace stint::test
