#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "compiler/source/file_system.h"

namespace fs = std::filesystem;

namespace cambium {
namespace {

class Folder : public ::testing::Test {
protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "cambium-fs-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(root_); }
  void put(const std::string& name, const std::string& text) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  std::string get(const std::string& name) const {
    std::ifstream in(root_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::vector<std::string> entries() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(root_))
      names.push_back(entry.path().filename().string());
    return names;
  }
  fs::path root_;
};

TEST_F(Folder, readsAndSaysWhyNot) {
  put("a.cam", std::string("x\0y", 3));
  const DiskFileSystem disk(root_.string());
  EXPECT_EQ(*disk.read("a.cam"), std::string("x\0y", 3));
  EXPECT_EQ(disk.read("none.cam").error(), "no such file");
  fs::create_directory(root_ / "folder.cam");
  EXPECT_EQ(disk.read("folder.cam").error(), "is a directory");
  EXPECT_TRUE(disk.isDirectory("folder.cam"));
  EXPECT_FALSE(disk.isDirectory("a.cam"));
}

TEST_F(Folder, listsSortedWithoutHiddenFolders) {
  for (const char* name :
       {"b.cam", "a/z.cam", "a.cam", "a/b/c.cam", ".git/x.cam", "a/.hidden/y.cam", "note.txt"})
    put(name, "");
  fs::create_directory(root_ / "d.cam");
  const DiskFileSystem disk(root_.string());
  EXPECT_EQ(*disk.list("", ".cam"),
            (std::vector<std::string>{"a.cam", "a/b/c.cam", "a/z.cam", "b.cam"}));
  EXPECT_EQ(*disk.list("a", ".cam"), (std::vector<std::string>{"b/c.cam", "z.cam"}));
  EXPECT_EQ(disk.list("none", ".cam").error(), "no such file");
}

TEST_F(Folder, linksThatLeaveTheFolderAreLeftOut) {
  put("inside/a.cam", "");
  put("outside/secret.cam", "");
  fs::create_symlink(root_ / "outside", root_ / "inside/folder");
  fs::create_symlink(root_ / "outside/secret.cam", root_ / "inside/b.cam");
  fs::create_symlink("a.cam", root_ / "inside/c.cam");
  fs::create_symlink("nowhere.cam", root_ / "inside/d.cam");
  const DiskFileSystem disk(root_.string());
  EXPECT_EQ(*disk.list("inside", ".cam"), (std::vector<std::string>{"a.cam", "c.cam"}));
}

TEST_F(Folder, writesAllOrNothing) {
  put("a.cam", "old");
  const std::string path = (root_ / "a.cam").string();
  ::chmod(path.c_str(), 0600);
  ASSERT_TRUE(bool(writeFileAtomically(path, "new")));
  EXPECT_EQ(get("a.cam"), "new");
  struct stat info {};
  ::stat(path.c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0600u);  // who may read it does not change
  ASSERT_TRUE(bool(writeFileAtomically((root_ / "b.cam").string(), "")));
  EXPECT_EQ(get("b.cam"), "");
  EXPECT_EQ(entries().size(), 2u);  // nothing is left beside them
  EXPECT_FALSE(bool(writeFileAtomically((root_ / "none/x.cam").string(), "x")));
}

TEST_F(Folder, aLinkIsWrittenThrough) {
  put("real/a.cam", "old");
  fs::create_symlink("real/a.cam", root_ / "link.cam");
  ASSERT_TRUE(bool(writeFileAtomically((root_ / "link.cam").string(), "new")));
  EXPECT_TRUE(fs::is_symlink(root_ / "link.cam"));
  EXPECT_EQ(get("real/a.cam"), "new");
}

TEST_F(Folder, noRoomLeavesTheOldFile) {
  put("a.cam", "old");
  const std::string path = (root_ / "a.cam").string();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1000;
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto written = writeFileAtomically(path, std::string(5000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_FALSE(bool(written));
  EXPECT_EQ(get("a.cam"), "old");
  EXPECT_EQ(entries().size(), 1u);
}

TEST(MemoryFileSystem, behavesLikeAFolder) {
  MemoryFileSystem memory;
  memory.files = {{"a.cam", "1"}, {"b/c.cam", "2"}, {"versions/1.0.0.json", "{}"}};
  EXPECT_EQ(*memory.read("b/c.cam"), "2");
  EXPECT_EQ(memory.read("x").error(), "no such file");
  EXPECT_EQ(*memory.list("", ".cam"), (std::vector<std::string>{"a.cam", "b/c.cam"}));
  EXPECT_EQ(*memory.list("versions", ".json"), std::vector<std::string>{"1.0.0.json"});
  EXPECT_TRUE(memory.isDirectory("b"));
  EXPECT_FALSE(memory.isDirectory("a.cam"));
}

}  // namespace
}  // namespace cambium
