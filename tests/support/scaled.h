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

// And how long something may take there.
template <typename Time>
constexpr Time slowed(Time limit) {
#if defined(STINT_SANITIZED)
  return 3 * limit;
#else
  return limit;
#endif
}

}  // namespace stint::test
