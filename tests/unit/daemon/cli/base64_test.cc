#include "daemon/cli/base64.h"

#include <catch2/catch.hpp>

using namespace stint::cli;

TEST_CASE("base64: every byte comes back, whatever the length") {
  CHECK(to_base64("").empty());
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  CHECK(to_base64("\xff\xfe\xfb") == "//77");
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    CHECK(from_base64(to_base64(bytes)) == bytes);
  }
}

TEST_CASE("base64: what was not written by it is refused") {
  for (const char* wrong : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zg==Zg==", "Zm9v!", "Zm 9v", "="}) {
    INFO(wrong);
    CHECK_FALSE(from_base64(wrong));
  }
}
