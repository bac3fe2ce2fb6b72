// What keeps the two versions in step under load is taken away, one trigger at a time: each time
// somebody notices.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "tests/run/load.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr unsigned kThings = 20;
constexpr int kRounds = 10;
constexpr int kTries = 5;  // chance decides who meets whom

constexpr std::string_view kCarrying[] = {"cambium_sync", "cambium_link", "cambium_part",
                                          "cambium_key"};

struct Trigger {
  std::string name, table, sql;
  // One of those that carry values over; the others refuse.
  bool syncs() const {
    return std::ranges::any_of(kCarrying, [&](auto of) { return name.starts_with(of); });
  }
};

// All of ours, as they were made; made again in this order they are as before.
std::vector<Trigger> triggersOf(Load& load) {
  const bool mariadb = load.engine() == "mariadb";
  const auto rows = load.session().query(
      load.engine() == "sqlite"
          ? "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE "
            "'cambium%' ORDER BY rowid"
      : mariadb ? "SELECT trigger_name, event_object_table, '' FROM information_schema.triggers "
                  "WHERE trigger_schema = database() AND trigger_name LIKE 'cambium%' ORDER BY "
                  "event_object_table, event_manipulation, action_timing, action_order"
                : "SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN "
                  "pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = "
                  "current_schema()::regnamespace AND t.tgname LIKE 'cambium%' ORDER BY 1");
  EXPECT_TRUE(bool(rows));
  std::vector<Trigger> out;
  if (!rows) return out;
  for (const auto& row : *rows) {
    Trigger t{row[0].value_or(""), row[1].value_or(""), row[2].value_or("")};
    if (mariadb) {
      const auto made = load.session().query("SHOW CREATE TRIGGER " + t.name);
      EXPECT_TRUE(bool(made) && made->size() == 1 && made->front().size() > 2);
      if (made) t.sql = made->front()[2].value_or("");
    }
    out.push_back(std::move(t));
  }
  return out;
}

void drop(Load& load, const Trigger& t) {
  must(load.session(),
       "DROP TRIGGER " + t.name + (load.engine() == "postgres" ? " ON " + t.table : ""));
}

// Without one of them; afterwards all are there again.
template <class Work>
void without(Load& load, const std::string& name, Work work) {
  const auto triggers = triggersOf(load);
  for (const auto& t : triggers)
    if (t.name == name) drop(load, t);
  work();
  for (const auto& t : triggers)
    if (t.name != name) drop(load, t);
  for (const auto& t : triggers) must(load.session(), t.sql);
}

// Both versions write and read.
std::vector<std::string> foundByBoth(Load& load) {
  load.start(kOld);
  load.start(kFresh);
  std::vector<std::string> found;
  for (int round = 0; round < kRounds && found.empty(); ++round) {
    load.work(kThings);
    found = load.found();
  }
  load.stop(kOld);
  load.stop(kFresh);
  const auto more = load.found();
  found.insert(found.end(), more.begin(), more.end());
  if (!found.empty()) return found;
  load.check({kOld, kFresh});
  return load.found();
}

// With nobody at work.
std::vector<std::string> foundByHand(Load& load) {
  for (const auto& sql : load.scenario().byHand) must(load.session(), sql);
  load.check({kOld, kFresh});
  return load.found();
}

class WithoutATrigger : public ::testing::TestWithParam<OnEngine> {
protected:
  static const Scenario& scenario() { return scenarios()[std::get<0>(GetParam())]; }
  static const char* engine() { return std::get<1>(GetParam()); }

  // Applications write to its table. (What chooses one of several looks after rows that the
  // backfill has not come to, and there are none from the switch on. MariaDB's triggers see the
  // default that an insert gets: there what fills it in looks after a null that somebody writes.)
  static bool isAtWork(const Trigger& t) {
    if (!t.syncs() || t.name.ends_with("_choose")) return false;
    if (std::string_view(engine()) == "mariadb" && t.name.ends_with("_insert_default"))
      return false;
    for (const auto* face : {&scenario().old, &scenario().fresh}) {
      if (t.table == face->table) return true;
      for (const auto& field : face->fields)
        if (!field.writes.empty() && field.writes.front().find(" " + t.table + " ") != t.table.npos)
          return true;
    }
    return false;
  }

  // By those who are at work together after the switch.
  static bool isMissedByBoth(Load& load, const std::string& name) {
    load.refill();
    const auto before = foundByHand(load);
    EXPECT_TRUE(before.empty()) << before.front();
    std::vector<std::string> found;
    without(load, name, [&] {
      found = foundByHand(load);
      if (found.empty()) found = foundByBoth(load);
    });
    return !found.empty();
  }

  // Where the form of the other version is out of sight until then: by old applications after an
  // undo, and by new ones after the switch.
  static bool isMissedByWhoComes(const std::string& name) {
    Load load(scenario(), engine());
    const auto work = [&](Version v) {
      without(load, name, [&] {
        load.start(v);
        load.work(kThings * 2);
        load.stop(v);
      });
      static_cast<void>(load.found());
    };
    load.fill();
    EXPECT_EQ(load.run(Phase::switch_), "");
    work(kFresh);
    load.fit();
    if (!load.run(Phase::switch_, /*undo=*/true).empty()) return true;
    load.check({kOld});
    if (!load.found().empty()) return true;
    EXPECT_EQ(load.run(Phase::validate), "");
    load.refill();
    work(kOld);
    if (!load.run(Phase::switch_).empty()) return true;
    load.check({kFresh});
    return !load.found().empty();
  }
};

TEST_P(WithoutATrigger, SomebodyNotices) {
  Load load(scenario(), engine());
  ASSERT_TRUE(load.planned());
  load.fill();
  ASSERT_EQ(load.run(Phase::switch_), "");
  unsigned tried = 0;
  for (const auto& trigger : triggersOf(load)) {
    if (!isAtWork(trigger)) continue;
    ++tried;
    bool missed = false;
    for (int i = 0; i < kTries && !missed; ++i)
      missed =
          (!load.until() && isMissedByBoth(load, trigger.name)) || isMissedByWhoComes(trigger.name);
    EXPECT_TRUE(missed) << "nobody misses " << trigger.name;
  }
  EXPECT_GT(tried, 0u);
}

// A third of them, by their names, without CAMBIUM_LONG: it takes a while.
bool isTriedNow(const Scenario& s) {
  unsigned sum = 0;
  for (const char c : s.name) sum += static_cast<unsigned char>(c);
  return std::getenv("CAMBIUM_LONG") || sum % 3 == 1;
}

// The plan makes such a trigger.
bool keepsInStep(const OnEngine& one) {
  const auto& [index, engine] = one;
  const CompiledCase compiled = compileCase(parseGolden(versionsOf(scenarios()[index])));
  if (!healthy(compiled.after)) return true;  // UnderLoad says why
  const auto planned = planCase(compiled, *dialects().find(engine));
  if (!planned) return true;
  for (const auto& step : planned->script.steps)
    for (const auto& sql : step.action.sql.statements)
      for (const auto of : kCarrying)
        if (sql.find("CREATE TRIGGER") != sql.npos && sql.find(of) != sql.npos) return true;
  return false;
}

std::vector<OnEngine> withTriggers() {
  auto out = scenariosOnEngines();
  std::erase_if(out, [](const auto& one) {
    return !isTriedNow(scenarios()[std::get<0>(one)]) || !keepsInStep(one);
  });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Changes, WithoutATrigger, ::testing::ValuesIn(withTriggers()),
                         [](const auto& info) { return nameOf(info.param); });

}  // namespace
}  // namespace cambium::testing
