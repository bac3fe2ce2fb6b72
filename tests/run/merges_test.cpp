// Values and tags whose rows get another one, while applications of both versions write.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr const char* kValues = R"case(# why: -
-- before.cam --
enum Class { first, second, third }
entity Seat { key id: int64  class: Class = third }
-- after.cam --
enum Class { first, second }
entity Seat { key id: int64  class: Class = second }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { rename Class.third -> second  approve drop Class.third "abolished in 1956" }
)case";

constexpr const char* kTag = R"case(# why: -
-- before.cam --
entity Task { key id: int64 }
tags Priority on Task single { low, high, highest }
tags Topic on Task multiple { gift, present }
-- after.cam --
entity Task { key id: int64 }
tags Priority on Task single { low, high }
tags Topic on Task multiple { gift }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  rename Priority.highest -> high  approve drop Priority.highest "nobody tells them apart"
  rename Topic.present -> gift  approve drop Topic.present "the same"
}
)case";

constexpr const char* kOneStays = R"case(# why: -
-- before.cam --
entity Task { key id: int64 }
tags Topic on Task multiple { big, fragile, gift }
-- after.cam --
entity Task { key id: int64 }
tags Topic on Task single { fragile, gift }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  approve narrow Topic "one is enough"
  approve drop Topic.big "everything is"
}
)case";

constexpr auto kEngines = {"sqlite", "postgres", "mariadb"};

class Merges : public ::testing::TestWithParam<const char*> {};

TEST_P(Merges, OldApplicationsFindTheirValueUntilContract) {
  Change c(GetParam(), kValues);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO seat (id, class) VALUES (1, 'first'), (2, 'third'), (3, 'third')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::validate), "");
  must(s, "INSERT INTO seat (id) VALUES (4)");
  const auto seat = [&](const char* column, int id) {
    return cell(s, fmt::format("SELECT {} FROM seat WHERE id = {}", column, id));
  };
  EXPECT_EQ(seat("class", 4), "third");
  EXPECT_EQ(seat("class__new", 4), "second");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "UPDATE seat SET class = 'second' WHERE id = 2");  // as it is there
  EXPECT_EQ(seat("class__old", 2), "third");
  must(s, "UPDATE seat SET class = 'first' WHERE id = 3");
  EXPECT_EQ(seat("class__old", 3), "first");
  must(s, "UPDATE seat SET class = 'second' WHERE id = 1");
  EXPECT_EQ(seat("class__old", 1), "second");
  must(s, "UPDATE seat SET class__old = 'third' WHERE id = 3");
  EXPECT_EQ(seat("class", 3), "second");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(cell(s, "SELECT count(*) FROM seat WHERE class = 'second'"), "4");
}

// Applications of the old version go on giving the tag until it is gone; who has a row with it gets
// the other one, once.
TEST_P(Merges, EveryRowThatWasWrittenGetsTheOtherTag) {
  Change c(GetParam(), kTag);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  std::atomic<bool> enough = false;
  std::atomic<int> written = 0;
  auto writer = std::async(std::launch::async, [&] {
    const auto own = c.database.open();
    for (int id = 1; !enough && id < 100'000; ++id) {
      const auto task =
          fmt::format("INSERT INTO task (id, priority_name) VALUES ({}, 'highest')", id);
      if (!own->execute("BEGIN")) continue;
      bool good = bool(own->execute(task));
      for (const char* tag : {"present", "gift"})
        if (good && (id % 2 == 0 || tag[0] == 'p'))
          good = bool(own->execute(fmt::format(
              "INSERT INTO task_topic (task_id, topic_name) VALUES ({}, '{}')", id, tag)));
      good = good && own->execute("COMMIT");
      if (!good) static_cast<void>(own->execute("ROLLBACK"));
      written += good;
    }
  });
  const auto some = [&](int more) {
    for (const int before = written; written < before + more;)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  some(20);
  EXPECT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  some(20);
  EXPECT_EQ(cell(s, "SELECT count(*) FROM task WHERE priority_name = 'high'"), "0");
  EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  enough = true;
  writer.get();
  const auto all = std::to_string(written);
  EXPECT_EQ(cell(s, "SELECT count(*) FROM task"), all);
  EXPECT_EQ(cell(s, "SELECT count(*) FROM task WHERE priority_name = 'high'"), all);
  EXPECT_EQ(cell(s, "SELECT count(*) FROM task_topic"), all);
  EXPECT_EQ(cell(s, "SELECT count(*) FROM task_topic WHERE topic_name = 'gift'"), all);
  EXPECT_EQ(cell(s, "SELECT count(*) FROM topic"), "1");
}

// Of several tags of a row one that stays is the one of the new version; one that goes is only
// where there is no other, and old applications keep it beside that.
TEST_P(Merges, ATagThatStaysIsChosenBeforeOneThatGoes) {
  Change c(GetParam(), kOneStays);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO task (id) VALUES (1), (2)");
  must(s, "INSERT INTO task_topic (task_id, topic_name) VALUES (2, 'big')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  const auto one = [&] { return cell(s, "SELECT topic_name FROM task WHERE id = 1"); };
  const auto several = [&](const char* tag) {
    return cell(s, fmt::format("SELECT count(*) FROM task_topic WHERE task_id = 1 AND "
                               "topic_name = '{}'",
                               tag));
  };
  must(s, "INSERT INTO task_topic (task_id, topic_name) VALUES (1, 'big')");
  EXPECT_EQ(one(), "big");
  must(s, "INSERT INTO task_topic (task_id, topic_name) VALUES (1, 'gift')");
  EXPECT_EQ(one(), "gift");
  EXPECT_EQ(several("big"), "1");
  must(s, "DELETE FROM task_topic WHERE task_id = 1 AND topic_name = 'gift'");
  EXPECT_EQ(one(), "big");
  must(s, "INSERT INTO task_topic (task_id, topic_name) VALUES (1, 'fragile')");
  EXPECT_EQ(one(), "fragile");
  must(s, "UPDATE task SET topic_name = 'gift' WHERE id = 1");
  EXPECT_EQ(several("fragile"), "0");
  EXPECT_EQ(several("gift"), "1");
  EXPECT_EQ(several("big"), "1");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(one(), "gift");
  EXPECT_EQ(cell(s, "SELECT topic_name FROM task WHERE id = 2"), "NULL");
}

// Who has written the tag, and not committed yet, is waited for: the row gets the other one, too.
class MergesOfTwo : public ::testing::TestWithParam<const char*> {};

TEST_P(MergesOfTwo, WhatIsBeingWrittenGetsTheOtherTag) {
  Change c(GetParam(), kTag);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO task (id, priority_name) VALUES (1, 'highest')");
  must(s, "INSERT INTO task_topic (task_id, topic_name) VALUES (1, 'present')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  const auto other = c.database.open();
  must(*other, "BEGIN");
  must(*other, "INSERT INTO task (id, priority_name) VALUES (2, 'highest')");
  must(*other, "INSERT INTO task_topic (task_id, topic_name) VALUES (2, 'present')");
  auto contracted = std::async(std::launch::async,
                               [&] { return runScript(c.planned->script, s, Phase::contract); });
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  must(*other, "COMMIT");
  ASSERT_EQ(contracted.get(), "");
  EXPECT_EQ(cell(s, "SELECT count(*) FROM task WHERE priority_name = 'high'"), "2");
  EXPECT_EQ(cell(s, "SELECT count(*) FROM task_topic WHERE topic_name = 'gift'"), "2");
}

INSTANTIATE_TEST_SUITE_P(Engines, Merges, ::testing::ValuesIn(kEngines),
                         [](const auto& info) { return std::string(info.param); });
INSTANTIATE_TEST_SUITE_P(Engines, MergesOfTwo, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
