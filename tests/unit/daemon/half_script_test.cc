#include "daemon/half_script.h"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/support/temp_dir.h"

using namespace stint;

namespace {

std::string command(const std::vector<std::string>& words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const auto& word : words) {
    text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return text;
}

// Redis' folder, with two files of commands.
struct Folder {
  test::TempDir dir;
  std::string last = dir / "appendonly.aof.2.incr.aof";
  std::shared_ptr<int> wanted = std::make_shared<int>(0);

  Folder() {
    write(dir / "appendonly.aof.manifest",
          "file appendonly.aof.1.base.rdb seq 1 type b\n"
          "file appendonly.aof.1.incr.aof seq 1 type i\n"
          "file appendonly.aof.2.incr.aof seq 2 type i\n");
    write(dir / "appendonly.aof.1.incr.aof", command({"MULTI"}));  // never the torn one
  }
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  std::string cut(const std::string& text) const {
    write(last, text);
    auto bytes = cut_half_script(dir.path(), wanted);
    REQUIRE(bytes);
    std::ifstream in(last, std::ios::binary);
    std::string left(std::istreambuf_iterator<char>(in), {});
    CHECK(left.size() + static_cast<size_t>(*bytes) == text.size());
    CHECK(left == text.substr(0, left.size()));
    return left;
  }
};

}  // namespace

TEST_CASE("half script: cut anywhere within it, a file ends before its MULTI") {
  Folder folder;
  std::string before = command({"SELECT", "0"}) + command({"MULTI"}) + command({"SET", "a", "1"}) +
                       command({"EXEC"}) + command({"INCR", "n"});
  std::string script = command({"MULTI"}) + command({"HSET", "h", "MULTI", std::string(300, 'x')}) +
                       command({"SET", "EXEC", "*1\r\n$4\r\nEXEC\r\n"}) + command({"EXEC"});
  const size_t named = command({"MULTI"}).size();  // until then it is a torn command, as any
  for (size_t end = 0; end < script.size(); ++end) {
    INFO("after byte " << end);
    std::string torn = before + script.substr(0, end);
    CHECK(folder.cut(torn) == (end < named ? torn : before));
  }
  CHECK(folder.cut(before + script) == before + script);
  CHECK(folder.cut(before + script + "*2\r\n$3\r\nDEL") == before + script + "*2\r\n$3\r\nDEL");
}

TEST_CASE("half script: values larger than what is read at once") {
  Folder folder;
  std::string large(1'000'000, 'v');
  std::string whole = command({"SET", "k", large}) + command({"MULTI"}) +
                      command({"SET", "k", large}) + command({"EXEC"});
  CHECK(folder.cut(whole) == whole);
  std::string torn =
      command({"MULTI"}) + command({"SET", "k", large}) + command({"SET", "l", large});
  CHECK(folder.cut(whole + torn) == whole);
  CHECK(folder.cut(whole + torn.substr(0, torn.size() - 500'000)) == whole);
}

TEST_CASE("half script: what is no file of commands is left as it is") {
  Folder folder;
  std::string multi = command({"MULTI"});
  for (std::string text : {"", "REDIS0010\xfa", "*", "*1\r\n$-1\r\n",
                           "*1\r\n$99999999999999999999\r\n", "*-1\r\n", "*0\r\n", "\r\n"}) {
    CHECK(folder.cut(text) == text);
  }
  for (std::string damage : {"garbage", "*1\r\n+OK\r\n", "*1\r\n$1\r\nabc\r\n"}) {
    std::string text = command({"MULTI"}) + damage + command({"SET", "a", "1"});
    CHECK(folder.cut(text) == text);
  }
  std::filesystem::remove(folder.last);
  CHECK(cut_half_script(folder.dir.path(), folder.wanted).value() == 0);
  CHECK(cut_half_script(folder.dir / "none", folder.wanted).value() == 0);
}

TEST_CASE("half script: the manifest may say more of its files, and have remarks") {
  Folder folder;
  Folder::write(folder.dir / "appendonly.aof.manifest",
                "# of a later version\n"
                "file appendonly.aof.1.incr.aof seq 1 type i startoffset 0 endoffset 9\n"
                "file appendonly.aof.2.incr.aof seq 2 type i startoffset 9\n");
  CHECK(folder.cut(command({"SET", "a", "1"}) + command({"MULTI"})) == command({"SET", "a", "1"}));
}

TEST_CASE("half script: who no longer wants it gets no cut") {
  Folder folder;
  Folder::write(folder.last, command({"MULTI"}));
  folder.wanted.reset();
  CHECK_FALSE(cut_half_script(folder.dir.path(), folder.wanted));
  CHECK(std::filesystem::file_size(folder.last) == command({"MULTI"}).size());
}
