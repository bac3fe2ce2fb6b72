// What keeps the two versions in step under load is taken away, one trigger at a time: each time
// somebody notices.
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "tests/run/load.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr unsigned kThings = 20;
constexpr int kRounds = 20;

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

// Without triggers[one]; afterwards all are there again.
template <class Work>
void without(Load& load, const std::vector<Trigger>& triggers, size_t one, Work work) {
  drop(load, triggers[one]);
  work();
  for (size_t i = 0; i < triggers.size(); ++i)
    if (i != one) drop(load, triggers[i]);
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
  if (!found.empty()) return found;
  load.check({kOld, kFresh});
  return load.found();
}

class WithoutATrigger : public ::testing::TestWithParam<OnEngine> {
protected:
  static const Scenario& scenario() { return scenarios()[std::get<0>(GetParam())]; }
  static const char* engine() { return std::get<1>(GetParam()); }

  // Whether somebody does, where both versions are at work after the switch: of `triggers`, those
  // that nobody misses.
  static void expectMissed(Load& load, const std::vector<Trigger>& triggers) {
    for (size_t one = 0; one < triggers.size(); ++one) {
      if (!triggers[one].syncs()) continue;
      load.refill();
      load.check({kOld, kFresh});
      const auto before = load.found();
      ASSERT_TRUE(before.empty()) << before.front();
      std::vector<std::string> found;
      without(load, triggers, one, [&] { found = foundByBoth(load); });
      EXPECT_FALSE(found.empty()) << "nobody misses " << triggers[one].name;
    }
  }

  // Where old applications stop before the switch: those before it, or those after an undo.
  static bool isMissed(size_t one) {
    Load load(scenario(), engine());
    load.fill();
    EXPECT_EQ(load.run(Phase::switch_), "");
    without(load, triggersOf(load), one, [&] {
      load.start(kFresh);
      load.work(kThings * 2);
      load.stop(kFresh);
    });
    load.fit();
    static_cast<void>(load.found());
    if (!load.run(Phase::switch_, /*undo=*/true).empty()) return true;
    load.check({kOld});
    if (!load.found().empty()) return true;
    EXPECT_EQ(load.run(Phase::validate), "");
    load.refill();
    without(load, triggersOf(load), one, [&] {
      load.start(kOld);
      load.work(kThings * 2);
      load.stop(kOld);
    });
    static_cast<void>(load.found());
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
  const auto triggers = triggersOf(load);
  ASSERT_TRUE(std::ranges::any_of(triggers, &Trigger::syncs));
  if (!load.until()) return expectMissed(load, triggers);
  for (size_t one = 0; one < triggers.size(); ++one)
    EXPECT_TRUE(!triggers[one].syncs() || isMissed(one)) << "nobody misses " << triggers[one].name;
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
  std::erase_if(out, [](const auto& one) { return !keepsInStep(one); });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Changes, WithoutATrigger, ::testing::ValuesIn(withTriggers()),
                         [](const auto& info) { return nameOf(info.param); });

}  // namespace
}  // namespace cambium::testing
