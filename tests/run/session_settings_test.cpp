// Applications set their sessions as they like: another time zone, other forms of dates and
// numbers, another sql_mode. The triggers that keep two versions in step give the same values.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

constexpr const char* kVersions = R"(# why: -
-- before.cam --
entity Event {
  key id: int64
  at: timestamp?
  day: date
  clock: time?
  local: datetime?
  ratio: float64?
  price: decimal(12, 2)
  flag: bool?
  word: string(40)
}
-- after.cam --
entity Event {
  key id: int64
  at: text?
  day: text
  clock: text?
  local: text?
  ratio: text?
  price: text
  flag: text?
  initial: string(1)
  rest: string(40)
  made: timestamp = now()
  noted: date = today()
}
migration from "1.0.0" to "1.1.0" {
  convert Event.at up to_string(at)
  convert Event.day up to_string(day) down to_date(day)
  convert Event.clock up to_string(clock)
  convert Event.local up to_string(local)
  convert Event.ratio up to_string(ratio)
  convert Event.price up to_string(price) down to_decimal(price)
  convert Event.flag up to_string(flag)
  split Event.word -> initial, rest up { initial = left(word, 1), rest = substring(word, 2) }
    down { word = initial || rest }
  approve narrow Event.at "seen"
  approve narrow Event.clock "seen"
  approve narrow Event.local "seen"
  approve narrow Event.ratio "seen"
  approve narrow Event.flag "seen"
}
)";

class SessionSettings : public ::testing::TestWithParam<const char*> {
protected:
  void SetUp() override {
    compiled_ = compileCase(parseGolden(kVersions));
    ASSERT_TRUE(healthy(compiled_.before) && healthy(compiled_.after))
        << briefDiagnostics(compiled_);
    const auto& dialect = *dialects().find(GetParam());
    const auto base = planFresh(*compiled_.after, compiled_.before->model, dialect);
    planned_ = planCase(compiled_, dialect);
    ASSERT_TRUE(base && planned_) << briefDiagnostics(compiled_);
    session_ = database_.open();
    ASSERT_EQ(runScript(base->script, *session_, plan::Phase::contract), "");
  }
  bool postgres() const { return std::string(GetParam()) == "postgres"; }

  // A row of the old version, by a session with these settings.
  void write(int id, const std::vector<std::string>& settings) {
    const auto application = database_.open();
    for (const auto& one : settings) {
      const auto done = application->execute(one);
      ASSERT_TRUE(bool(done)) << one << ": " << done.error().message;
    }
    const std::string moment =
        postgres() ? "timestamptz '2026-01-31 23:30:15.678+00'" : "'2026-01-31 23:30:15.678'";
    const auto done = application->execute(
        fmt::format("INSERT INTO event (id, at, day, clock, local, ratio, price, flag, word) "
                    "VALUES ({}, {}, DATE '2026-02-01', TIME '04:05:06', "
                    "TIMESTAMP '2026-03-04 05:06:07', 0.1e0 + 0.2e0, 1234567.50, TRUE, 'a\\b')",
                    id, moment));
    ASSERT_TRUE(bool(done)) << done.error().message;
  }
  // What the new version has of it.
  std::string read(int id) {
    std::string out;
    const std::string quote = postgres() ? "\"" : "`";
    for (const auto* column : {"at__new", "day__new", "clock__new", "local__new", "ratio__new",
                               "price__new", "flag__new", "initial", "rest"}) {
      const auto rows = session_->query(
          fmt::format("SELECT {0}{1}{0} FROM event WHERE id = {2}", quote, column, id));
      out += std::string(column) + "=";
      out += !rows           ? rows.error().message
             : rows->empty() ? "no row"
                             : rows->front().front().value_or("NULL");
      out += "\n";
    }
    return out;
  }

  ScratchDatabase database_{GetParam()};
  CompiledCase compiled_;
  std::optional<driver::Planned> planned_;
  std::unique_ptr<dialect::Session> session_;
};

TEST_P(SessionSettings, TriggersGiveTheSameValuesInEverySession) {
  std::vector<std::vector<std::string>> settings;
  if (postgres())
    settings = {{"SET TimeZone = 'Asia/Tokyo'"},
                {"SET TimeZone = 'America/St_Johns'", "SET DateStyle = 'German, DMY'"},
                {"SET DateStyle = 'SQL, MDY'", "SET IntervalStyle = 'sql_standard'"},
                {"SET extra_float_digits = -15"},
                {"SET bytea_output = 'escape'", "SET xmloption = 'document'",
                 "SET lc_numeric = 'C'", "SET transform_null_equals = on"},
                {"SET search_path = pg_catalog, " +
                 session_->query("SELECT current_schema()")->front().front().value_or("")}};
  else
    settings = {{"SET time_zone = '+09:00'"},
                {"SET sql_mode = ''"},
                {"SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,PAD_CHAR_TO_FULL_LENGTH'",
                 "SET time_zone = '-03:30'"},
                {"SET sql_mode = 'ORACLE'"},
                {"SET div_precision_increment = 0", "SET lc_time_names = 'de_DE'"},
                {"SET NAMES latin1"},
                {"SET collation_connection = 'utf8mb4_general_ci'"}};
  ASSERT_EQ(runScript(planned_->script, *session_, plan::Phase::validate), "");
  write(1, {});
  const std::string usual = read(1);
  EXPECT_NE(usual.find("2026-01-31T23:30:15.678Z"), std::string::npos) << usual;
  EXPECT_NE(usual.find("day__new=2026-02-01\n"), std::string::npos) << usual;
  int id = 1;
  for (const auto& some : settings) {
    SCOPED_TRACE(some.front());
    write(++id, some);
    EXPECT_EQ(read(id), usual);
  }
  // Moments and days that the database makes are those of UTC.
  const std::string ofUtc =
      postgres()
          ? "abs(extract(epoch FROM made - now())) < 3600 AND noted = (made AT TIME ZONE "
            "'UTC')::date"
          : "abs(timestampdiff(SECOND, made, utc_timestamp())) < 3600 AND noted = date(made)";
  for (int row = 1; row <= id; ++row) {
    const auto rows =
        session_->query(fmt::format("SELECT {} FROM event WHERE id = {}", ofUtc, row));
    ASSERT_TRUE(bool(rows)) << rows.error().message;
    ASSERT_FALSE(rows->empty());
    EXPECT_TRUE(rows->front().front() == "t" || rows->front().front() == "1") << "row " << row;
  }
}

INSTANTIATE_TEST_SUITE_P(Servers, SessionSettings, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace cambium::testing
