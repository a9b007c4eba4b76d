#include "daemon/cli/progress_bar.h"

#include <algorithm>
#include <cstdio>

namespace stint::cli {
namespace {

constexpr milliseconds kRedraw{100};
constexpr int kCells = 24;

}  // namespace

std::string bar_text(int64_t done, double fraction, milliseconds elapsed, std::string_view noun) {
  std::string text;
  if (fraction >= 0) {
    int full = std::clamp(static_cast<int>(fraction * kCells), 0, kCells);
    text = "[" + std::string(static_cast<size_t>(full), '#') +
           std::string(static_cast<size_t>(kCells - full), '-') + "] " +
           std::to_string(std::clamp(static_cast<int>(fraction * 100), 0, 100)) + "%  ";
  }
  text += counted(done, noun);
  if (elapsed.count() >= 500) {
    text += "  " + grouped(done * 1000 / elapsed.count()) + "/s";
  }
  return text;
}

ProgressBar::ProgressBar(const Output& out, std::string noun)
    : enabled_(out.may_animate()), noun_(std::move(noun)), start_(now_mono()), last_(start_) {}

void ProgressBar::show(int64_t done, double fraction) {
  MonoTime now = now_mono();
  if (!enabled_ || (drawn_ && now - last_ < kRedraw)) {
    return;
  }
  last_ = now;
  drawn_ = true;
  std::string text = bar_text(done, fraction, now - start_, noun_);
  (void)std::fprintf(stderr, "\r\033[K%s", text.c_str());
  (void)std::fflush(stderr);
}

void ProgressBar::wipe() {
  if (drawn_) {
    (void)std::fputs("\r\033[K", stderr);
    drawn_ = false;
  }
}

}  // namespace stint::cli
