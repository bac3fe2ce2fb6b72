// Others who are at work while a run wants a lock: it says who they are and since when, goes on
// when they end, and lets nobody queue up behind it for long.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <thread>

#include "compiler/dialect/loader.h"
#include "tests/support/laws.h"
#include "tests/support/places.h"
#include "tests/support/pulse.h"
#include "tests/support/timeout_watch.h"

namespace cambium::testing {
namespace {

using dialect::Session;
using runner::Outcome;
using runner::RunReport;
using std::chrono::milliseconds;

class Others : public ::testing::Test {
protected:
  explicit Others(const char* engine) : engine_(engine), database_(engine) {}

  // The old version with two rows, and the plan to the new one.
  void begin(const std::string& versions) {
    compiled_ = compileCase(parseGolden(versions));
    ASSERT_TRUE(healthy(compiled_.after)) << briefDiagnostics(compiled_);
    const auto& dialect = *dialects().find(engine_);
    const auto base = planFresh(*compiled_.after, compiled_.before->model, dialect);
    planned_ = planCase(compiled_, dialect);
    ASSERT_TRUE(base && planned_);
    const auto session = database_.open();
    ASSERT_EQ(runScript(base->script, *session, plan::Phase::contract), "");
    must(*session, "INSERT INTO a (id, code) VALUES (1, 'one'), (2, 'two')");
  }
  static void must(Session& session, const std::string& sql) {
    const auto done = session.execute(sql);
    ASSERT_TRUE(bool(done)) << sql << "\n" << done.error().message;
  }
  bool postgres() const { return engine_ == "postgres"; }

  // Somebody who has read the table and not ended the transaction; what a message calls them.
  std::unique_ptr<Session> reader(std::string& name, const std::string& table = "a") {
    auto session = database_.open();
    if (postgres()) must(*session, "SET application_name = 'report'");
    const auto id = session->query(postgres() ? "SELECT pg_catalog.pg_backend_pid()"
                                              : "SELECT connection_id()");
    name = (postgres() ? "pid " : "connection ") + id->front().front().value_or("");
    must(*session, postgres() ? "BEGIN ISOLATION LEVEL REPEATABLE READ"
                              : "START TRANSACTION WITH CONSISTENT SNAPSHOT");
    EXPECT_TRUE(bool(session->query("SELECT count(*) FROM " + table)));
    return session;
  }

  // In a thread and a session of its own, with a lock timeout that is as short as can be.
  std::future<RunReport> start(unsigned patienceMs, unsigned othersMs = 60'000) {
    dialect::SessionOptions wanted;
    wanted.lockTimeoutMs = kLockTimeoutMs;
    const std::vector<std::string> folders{binaryDir() + "/lib/cambium"};
    const auto plugin = dialect::loadDatabasePlugin(engine_, folders);
    EXPECT_TRUE(bool(plugin));
    auto opened = plugin->open(database_.url(), wanted);
    EXPECT_TRUE(bool(opened)) << opened.error().message;
    std::shared_ptr<Session> session = std::move(*opened);
    return std::async(std::launch::async, [this, session, patienceMs, othersMs] {
      runner::RunOptions options;
      options.owner = "test@localhost pid 1";
      options.actor = "test";
      options.environment = "test";
      options.lockTimeoutMs = patienceMs;
      options.othersTimeoutMs = othersMs;
      TimeoutWatch timeouts(*session, kLockTimeoutMs);
      auto report =
          runner::run(planned_->script, timeouts, options, [this](const runner::RunEvent& e) {
            const std::lock_guard guard(mutex_);
            events_.push_back(runner::toJsonLine(e));
          });
      EXPECT_GT(timeouts.looks(), 10u);
      for (const auto& found : timeouts.found()) ADD_FAILURE() << found;
      return report;
    });
  }
  std::string told(const std::string& type) {
    const std::lock_guard guard(mutex_);
    for (const auto& line : events_)
      if (line.find("\"type\":\"" + type + "\"") != std::string::npos) return line;
    return {};
  }
  std::string waitFor(const std::string& type) {
    for (int i = 0; i < 1000; ++i) {
      if (auto line = told(type); !line.empty()) return line;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return "nothing of " + type;
  }
  std::string indexes() const {
    const auto rows = database_.open()->query(
        "SELECT count(*) FROM pg_catalog.pg_index WHERE indrelid = 'a'::regclass");
    return rows ? rows->front().front().value_or("") : rows.error().message;
  }
  void expectNew() {
    const auto live = database_.open()->introspect();
    ASSERT_TRUE(bool(live)) << live.error().message;
    for (const auto& one : catalog::compare(planned_->to.catalog, *live))
      ADD_FAILURE() << one.object << ": " << one.expected << " | " << one.actual;
  }

  static constexpr unsigned kLockTimeoutMs = 200;
  // The lock timeout, which MariaDB has in whole seconds, and what a busy machine adds.
  milliseconds longestWait(Pulse& machine) const {
    return milliseconds(postgres() ? 1200 : 2200) + 4 * machine.longest();
  }

  std::string engine_;
  ScratchDatabase database_;
  CompiledCase compiled_;
  std::optional<driver::Planned> planned_;
  std::mutex mutex_;
  std::vector<std::string> events_;
};

class InTheWay : public Others, public ::testing::WithParamInterface<const char*> {
protected:
  InTheWay() : Others(GetParam()) {}
};

constexpr const char* kColumn = R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) }
-- after.cam --
entity A { key id: int64  code: string(20)  more: text? }
)";

constexpr const char* kIndex = R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) }
-- after.cam --
entity A { key id: int64  code: string(20)  index (code) }
)";

constexpr const char* kRenamed = R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) }
-- after.cam --
entity A { key id: int64  word: string(20) }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { rename A.code -> word }
)";

// A batch that meets somebody is tried again with half of its rows.
TEST_P(InTheWay, ARowThatSomebodyHoldsKeepsFewOthersBack) {
  begin(kRenamed);
  const auto session = database_.open();
  std::string rows;
  for (int id = 3; id <= 1000; ++id)
    rows += fmt::format("{}({}, 'c')", rows.empty() ? "" : ", ", id);
  must(*session, "INSERT INTO a (id, code) VALUES " + rows);
  ASSERT_EQ(runScript(planned_->script, *session, plan::Phase::expand), "");
  const auto holder = database_.open();
  must(*holder, "BEGIN");
  ASSERT_TRUE(bool(holder->query("SELECT id FROM a WHERE id = 900 FOR UPDATE")));
  EXPECT_EQ(start(postgres() ? 2000 : 6000).get().outcome, Outcome::busy);
  const auto done = session->query("SELECT count(*) FROM a WHERE word IS NOT NULL");
  ASSERT_TRUE(bool(done));
  EXPECT_GE(std::stoi(done->front().front().value_or("")), 500);
  must(*holder, "COMMIT");
  EXPECT_EQ(start(20'000).get().outcome, Outcome::ok);
  expectNew();
}

TEST_P(InTheWay, WhoHoldsALockIsNamedAndNobodyElseWaitsLong) {
  begin(kColumn);
  std::string name;
  auto holder = reader(name);
  auto running = start(20'000);
  // Beside the run, which wants the table for itself again and again.
  constexpr milliseconds kWindow{5000};
  milliseconds longest{0}, waited{0};
  Pulse machine;
  const auto other = database_.open();
  const auto until = std::chrono::steady_clock::now() + kWindow;
  while (std::chrono::steady_clock::now() < until) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(bool(other->query("SELECT count(*) FROM a")));
    const auto took =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - before);
    longest = std::max(longest, took);
    if (took > milliseconds(kLockTimeoutMs / 2)) waited += took;
  }
  EXPECT_LT(longest, longestWait(machine));
  // Attempts become rarer: most of the time nobody waits at all.
  EXPECT_LT(waited, kWindow * (postgres() ? 45 : 70) / 100 + 4 * machine.late());
  const auto line = waitFor("waiting_for_lock");
  EXPECT_NE(line.find(name + " ("), std::string::npos) << line;
  EXPECT_NE(line.find(") in a transaction since 20"), std::string::npos) << line;
  must(*holder, "COMMIT");
  const auto report = running.get();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  expectNew();
}

TEST_P(InTheWay, WhoDoesNotEndIsNamedInTheEnd) {
  begin(kColumn);
  std::string name;
  auto holder = reader(name);
  const auto report = start(1500).get();
  EXPECT_EQ(report.outcome, Outcome::busy);
  EXPECT_NE(report.message.find("locked (" + name + " ("), std::string::npos) << report.message;
  must(*holder, "COMMIT");
  EXPECT_EQ(start(1500).get().outcome, Outcome::ok);
  expectNew();
}

// On PostgreSQL an index that is built beside writers waits for every transaction that is older,
// without a limit; MariaDB's waits for the lock alone.
TEST_P(InTheWay, WhomAnIndexWaitsForIsNamedBeforeItIsBuilt) {
  begin(kIndex);
  std::string name;
  auto holder = reader(name);
  auto running = start(20'000);
  const auto line = waitFor(postgres() ? "waiting_for_others" : "waiting_for_lock");
  EXPECT_NE(line.find(name + " ("), std::string::npos) << line;
  if (postgres()) {
    EXPECT_NE(line.find("(report, user "), std::string::npos) << line;
  }
  EXPECT_NE(line.find("in a transaction since 20"), std::string::npos) << line;
  EXPECT_EQ(running.wait_for(milliseconds(500)), std::future_status::timeout);
  must(*holder, "COMMIT");
  const auto report = running.get();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  expectNew();
}

class BesideWriters : public Others {
protected:
  BesideWriters() : Others("postgres") {}
};

// Not without an end: it gives up, and takes away what it has begun.
TEST_F(BesideWriters, WhomAnIndexWaitsForTooLongIsNamedAndNothingOfItStays) {
  begin(kIndex);
  std::string name;
  auto holder = reader(name, "pg_catalog.pg_class");
  auto report = start(20'000, 700).get();
  EXPECT_EQ(report.outcome, Outcome::busy) << report.message;
  EXPECT_TRUE(report.outwaited);
  ASSERT_EQ(report.others.size(), 1u);
  EXPECT_EQ(report.others[0].find(name + " (report, user "), 0u) << report.others[0];
  EXPECT_NE(report.message.find("has been given up after 0.7 s (" + name), std::string::npos)
      << report.message;
  EXPECT_EQ(report.message.find("still there"), std::string::npos) << report.message;
  EXPECT_EQ(indexes(), "1");  // the key's
  must(*holder, "COMMIT");
  report = start(20'000).get();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  expectNew();
}

// Who has read the table keeps even that from going: it says so, and goes first the next time.
TEST_F(BesideWriters, WhatStaysOfAnIndexBecauseSomebodyReadsGoesWithTheNextRun) {
  begin(kIndex);
  std::string name;
  auto holder = reader(name);
  auto report = start(20'000, 700).get();
  EXPECT_EQ(report.outcome, Outcome::busy) << report.message;
  EXPECT_NE(report.message.find("is still there, and the next run takes it away"),
            std::string::npos)
      << report.message;
  EXPECT_EQ(indexes(), "2");
  must(*holder, "COMMIT");
  report = start(20'000).get();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(indexes(), "2");
  expectNew();
}

// Nor does an index that goes: its removal waits for who has read the table.
TEST_F(BesideWriters, AnIndexThatGoesIsGivenUpToo) {
  begin(R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20)  index (code) }
-- after.cam --
entity A { key id: int64  code: string(20) }
)");
  std::string name;
  auto holder = reader(name);
  auto report = start(20'000, 700).get();
  EXPECT_EQ(report.outcome, Outcome::busy) << report.message;
  EXPECT_TRUE(report.outwaited) << report.message;
  must(*holder, "COMMIT");
  report = start(20'000).get();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(indexes(), "1");
  expectNew();
}

// Nobody is at work: nobody is named.
TEST_P(InTheWay, AnIdleSessionIsNotNamed) {
  begin(kColumn);
  const auto idle = database_.open();
  must(*idle, "SELECT 1");
  const auto asking = database_.open();
  const auto others = asking->others();
  ASSERT_TRUE(bool(others)) << others.error().message;
  EXPECT_TRUE(others->empty()) << others->front();
}

// What looks at the timeouts would see one that is missing, or too long.
TEST_P(InTheWay, ASessionThatWaitsWithoutAnEndIsNoticed) {
  const auto session = database_.open();
  TimeoutWatch timeouts(*session);
  must(timeouts, "SELECT 1");
  EXPECT_TRUE(timeouts.found().empty());
  must(timeouts, postgres() ? "SET lock_timeout = 0" : "SET lock_wait_timeout = 86400");
  must(timeouts, "SELECT 2");
  ASSERT_EQ(timeouts.found().size(), 1u);
  EXPECT_NE(timeouts.found()[0].find("SELECT 2"), std::string::npos) << timeouts.found()[0];
}

INSTANTIATE_TEST_SUITE_P(Servers, InTheWay, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return info.param; });

// ---- one long transaction after the other, while a whole plan is carried out
struct Kind {
  const char* name;
  const char* versions;
};
constexpr Kind kKinds[] = {
    {"renamed", R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) }
-- after.cam --
entity A { key id: int64  name: string(20) }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { rename A.code -> name }
)"},
    {"filled_and_unique", R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) }
-- after.cam --
entity A { key id: int64  code: string(20) @unique  note: string(20) }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { fill A.note = "-" }
)"},
    {"check_and_reference", R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) }
entity B { key id: int64 }
-- after.cam --
entity A { key id: int64  code: string(20)  b: ref B?  check some: code != "" }
entity B { key id: int64 }
)"},
    {"another_key", R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) @unique }
-- after.cam --
entity A { key code: string(20)  id: int64 @unique }
)"},
};

class LongReaders : public Others,
                    public ::testing::WithParamInterface<std::tuple<const char*, size_t>> {
protected:
  LongReaders() : Others(std::get<0>(GetParam())) {}

  // A session of its own that does something again and again.
  template <class Act>
  std::future<milliseconds> again(Act act) {
    return std::async(std::launch::async, [this, act] {
      const auto session = database_.open();
      milliseconds longest{0};
      while (!stop_) {
        const auto start = std::chrono::steady_clock::now();
        act(*session);
        longest = std::max(longest, std::chrono::duration_cast<milliseconds>(
                                        std::chrono::steady_clock::now() - start));
        std::this_thread::sleep_for(milliseconds(2));
      }
      return longest;
    });
  }
  std::atomic<bool> stop_ = false;
};

TEST_P(LongReaders, AreWaitedForAndNobodyElseWaitsLongOrFails) {
  begin(kKinds[std::get<1>(GetParam())].versions);
  Pulse machine;
  auto slow = again([this](Session& session) {
    must(session, "BEGIN");
    EXPECT_TRUE(bool(session.query("SELECT id FROM a")));
    for (int i = 0; i < (postgres() ? 50 : 130) && !stop_; ++i)
      std::this_thread::sleep_for(milliseconds(10));
    must(session, "COMMIT");
    std::this_thread::sleep_for(milliseconds(100));
  });
  auto reader = again(
      [](Session& session) { EXPECT_TRUE(bool(session.query("SELECT id FROM a WHERE id = 1"))); });
  auto writer = again([](Session& session) { must(session, "UPDATE a SET id = 2 WHERE id = 2"); });
  const auto report = start(60'000).get();
  stop_ = true;
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_LT(reader.get(), longestWait(machine));
  EXPECT_LT(writer.get(), longestWait(machine));
  slow.get();
  EXPECT_NE(told("waiting_for_lock") + told("waiting_for_others"), "") << "nobody was in the way";
  expectNew();
}

INSTANTIATE_TEST_SUITE_P(Servers, LongReaders,
                         ::testing::Combine(::testing::Values("postgres", "mariadb"),
                                            ::testing::Range(size_t{0}, std::size(kKinds))),
                         [](const auto& info) {
                           return std::string(kKinds[std::get<1>(info.param)].name) + "_" +
                                  std::get<0>(info.param);
                         });

// ---- SQLite, where one writes at a time
class WriteAheadLog : public ::testing::Test {
protected:
  void SetUp() override {
    compiled_ = compileCase(parseGolden(R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) }
-- after.cam --
entity A { key id: int64  name: string(20)  more: text? }
migration from "1.0.0" to "1.1.0" { rename A.code -> name }
)"));
    ASSERT_TRUE(healthy(compiled_.after)) << briefDiagnostics(compiled_);
    const auto& dialect = *dialects().find("sqlite");
    const auto base = planFresh(*compiled_.after, compiled_.before->model, dialect);
    planned_ = planCase(compiled_, dialect);
    ASSERT_TRUE(base && planned_);
    session_ = database_.open();
    ASSERT_EQ(runScript(base->script, *session_, plan::Phase::contract), "");
    must(*session_, "INSERT INTO a VALUES (1, 'one')");
  }
  static void must(Session& session, const std::string& sql) {
    const auto done = session.execute(sql);
    ASSERT_TRUE(bool(done)) << sql << "\n" << done.error().message;
  }
  static std::string ask(Session& session, const std::string& sql) {
    const auto rows = session.query(sql);
    if (!rows) return rows.error().message;
    return rows->empty() ? "no row" : rows->front().front().value_or("NULL");
  }
  std::unique_ptr<Session> reader(const std::string& mode) {
    EXPECT_EQ(ask(*session_, "PRAGMA journal_mode = " + mode), mode);
    auto other = database_.open();
    must(*other, "BEGIN DEFERRED");
    EXPECT_EQ(ask(*other, "SELECT code FROM a"), "one");
    return other;
  }

  ScratchDatabase database_{"sqlite"};
  CompiledCase compiled_;
  std::optional<driver::Planned> planned_;
  std::unique_ptr<Session> session_;
};

TEST_F(WriteAheadLog, AReaderKeepsItsOldRowsWhileTheRunGoesThrough) {
  const auto old = reader("wal");
  EXPECT_EQ(runScript(planned_->script, *session_, plan::Phase::contract), "");
  EXPECT_EQ(ask(*session_, "SELECT name FROM a"), "one");
  // What it has begun to read, it reads to the end.
  EXPECT_EQ(ask(*old, "SELECT code FROM a"), "one");
  must(*old, "COMMIT");
  EXPECT_EQ(ask(*old, "SELECT name FROM a"), "one");
}

TEST_F(WriteAheadLog, WithoutItAReaderKeepsTheRunWaitingAndItSaysSo) {
  const auto old = reader("delete");
  runner::RunOptions options;
  options.owner = "test@localhost pid 1";
  options.actor = "test";
  options.environment = "test";
  options.lockTimeoutMs = 300;
  unsigned waits = 0;
  Pulse machine;
  const auto start = std::chrono::steady_clock::now();
  const auto report =
      runner::run(planned_->script, *session_, options, [&](const runner::RunEvent& event) {
        waits += std::holds_alternative<runner::WaitingForLock>(event);
      });
  EXPECT_EQ(report.outcome, Outcome::busy);
  EXPECT_GT(waits, 0u);
  // The session's own timeout, 2 s, counts: one attempt has used up all of it.
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(5500) + 4 * machine.longest());
  EXPECT_NE(report.message.find("another program keeps the database locked; try again later"),
            std::string::npos)
      << report.message;
  must(*old, "COMMIT");
  EXPECT_EQ(runScript(planned_->script, *session_, plan::Phase::contract), "");
  EXPECT_EQ(ask(*session_, "SELECT name FROM a"), "one");
}

}  // namespace
}  // namespace cambium::testing
