// Evaluates every line of expressions.txt on every engine, for every row of edge values, and
// compares the answers with the evaluator.
// Usage: [part of an expression] [--update]
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <regex>
#include <set>

#include "compiler/catalog/lower.h"
#include "tests/conformance/agreement.h"
#include "tests/conformance/edge_values.h"
#include "tests/conformance/engines.h"
#include "tests/conformance/probe.h"
#include "tests/conformance/random_expression.h"
#include "tests/conformance/reference.h"
#include "tests/support/case_runner.h"
#include "tests/support/evaluator.h"
#include "tests/support/places.h"

namespace cambium::testing {
namespace {

// ---- expressions.txt
struct Line {
  std::string expression;  // "" = the line is copied as it is
  std::string rest;        // what stands behind the arrow
  std::string whole;
};

constexpr std::string_view kArrow = "  ->  ";

std::string listFile() {
  return sourceDir() + "/tests/conformance/expressions.txt";
}

std::vector<Line> readLines() {
  std::vector<Line> out;
  const std::string text = readFile(listFile());
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    Line line;
    line.whole = text.substr(at, end - at);
    at = end + 1;
    if (!line.whole.empty() && line.whole[0] != '#' && !line.whole.starts_with("== ")) {
      const size_t arrow = line.whole.find(kArrow);
      line.expression = line.whole.substr(0, arrow);
      if (arrow != std::string::npos) line.rest = line.whole.substr(arrow + kArrow.size());
    }
    out.push_back(std::move(line));
  }
  return out;
}

Probe probeOf(const std::string& expression) {
  return compileProbe(edgePackage(probeMember(expression)), expression);
}

// "text?  (refused: sqlite)"
std::string factsOf(const Probe& probe) {
  std::string refused;
  for (const auto& dialect : dialects().all())
    if (!isSupported(probe, *dialect))
      refused += (refused.empty() ? "" : ", ") + dialect->traits().dialect;
  return probe.type + (refused.empty() ? "" : "  (refused: " + refused + ")");
}

bool updateList() {
  std::string out;
  bool good = true;
  for (const Line& line : readLines()) {
    out += line.expression.empty() ? line.whole : line.expression;
    if (!line.expression.empty()) {
      const Probe probe = probeOf(line.expression);
      if (!probe.complaint.empty()) {
        std::cerr << line.expression << "\n" << probe.complaint;
        good = false;
      }
      out += std::string(kArrow) + factsOf(probe);
    }
    out += '\n';
  }
  if (good) writeFile(listFile(), out);
  return good;
}

// ---- one engine with the rows in it
class Loaded {
public:
  explicit Loaded(const Engine& engine)
      : dialect_(dialectOf(engine)), session_(openEngine(engine)), base_(probeOf("id")) {
    fill();
  }

  const dialect::Dialect& dialect() const { return dialect_; }
  const std::vector<std::vector<size_t>>& rows() const { return rows_; }

  // Each row's answer; nullopt where the engine has an error instead.
  std::vector<std::optional<dialect::Value>> ask(const std::string& sql) {
    std::vector<std::optional<dialect::Value>> out;
    const std::string from = " FROM " + quoted("edge");
    auto all = session_->query("SELECT " + sql + from + " ORDER BY " + quoted("id"));
    if (all) {
      for (auto& row : *all) out.push_back(std::move(row.at(0)));
      return out;
    }
    for (size_t i = 0; i < rows_.size(); ++i) {  // which of them is it
      auto one = session_->query("SELECT " + sql + from + " WHERE " + quoted("id") + " = " +
                                 std::to_string(i));
      if (!one) lastError_ = one.error().message;
      // Spelt out: optional(value) would take the value, itself an optional, for the answer.
      out.push_back(one ? std::optional<dialect::Value>(std::in_place, one->at(0).at(0))
                        : std::nullopt);
    }
    return out;
  }
  const std::string& lastError() const { return lastError_; }

  Value valueAt(size_t row, const std::string& property) const {
    const auto& [column, type] = columns_.at(property);
    const auto& text = edgeColumns()[column].values[rows_[row][column]];
    return text ? valueOf(*text, type) : Value::null();
  }

private:
  std::string quoted(const std::string& name) const { return dialect_.traits().quote(name); }

  void must(const std::string& sql) {
    if (auto done = session_->execute(sql); !done) {
      std::cerr << done.error().message << "\n  in " << sql << "\n";
      std::abort();
    }
  }

  void fill() {
    const ir::Model& model = *base_.compiled->model;
    DiagnosticSink sink;
    auto lowered = catalog::lower(model, dialect_.traits(), sink);
    for (catalog::Table table : lowered.catalog.tables) {
      std::erase_if(table.checks, [](const auto& check) {  // the probe of the package
        return check.name.find("probe") != std::string::npos;
      });
      const auto emitted = dialect_.emit({plan::CreateTable{table}}, lowered.catalog);
      for (const auto& sql : emitted->statements) must(sql);
    }
    for (size_t i = 0; i < edgeColumns().size(); ++i) {
      const auto property = model.findProperty(ir::EntityId(0), edgeColumns()[i].name);
      columns_.emplace(edgeColumns()[i].name, std::pair(i, model[*property].type));
    }
    (void)session_->begin();
    for (size_t i = 0; i < rows_.size(); ++i) insert(i);
    (void)session_->commit();
  }

  void insert(size_t row) {
    std::string names = quoted("id"), values = std::to_string(row);
    for (const auto& [name, place] : columns_) {
      const auto& text = edgeColumns()[place.first].values[rows_[row][place.first]];
      names += ", " + quoted(name);
      ir::Expr literal;
      literal.kind = ir::ExprKind::literal;
      literal.type = place.second;
      if (literal.type.scalar == ir::Scalar::enumeration) literal.kind = ir::ExprKind::member;
      if (text) literal.text = *text;
      values += ", " + (text ? dialect_.traits().literal(literal) : std::string("NULL"));
    }
    must("INSERT INTO " + quoted("edge") + " (" + names + ") VALUES (" + values + ")");
  }

  const dialect::Dialect& dialect_;
  std::unique_ptr<dialect::Session> session_;
  Probe base_;
  std::vector<std::vector<size_t>> rows_ = edgeRows();
  std::map<std::string, std::pair<size_t, ir::Type>> columns_;
  std::string lastError_;
};

// By dialect. Emptied before the program ends: a plugin must outlive its sessions.
std::map<std::string, std::unique_ptr<Loaded>>& allLoaded() {
  static std::map<std::string, std::unique_ptr<Loaded>> all;
  return all;
}

Loaded& loaded(const Engine& engine) {
  auto& one = allLoaded()[engine.dialect];
  if (!one) one = std::make_unique<Loaded>(engine);
  return *one;
}

// The values of the properties that the expression reads, for messages.
std::string inputs(const Loaded& engine, const ir::Expr& e, size_t row) {
  std::string out;
  for (const auto& name : ir::propertiesUsed(e))
    if (name != "id")
      out += (out.empty() ? "" : ", ") + name + " = " +
             toString(engine.valueAt(row, name)).substr(0, 60);
  return out;
}

// Every row's answer against the evaluator's. `inexact`: what is done with rows whose decimals have
// more digits than the engine computes with. Nested expressions make anything of a last digit that
// is wrong: a half that is rounded down, another branch of a `case`.
enum class Inexact { loosely, notAtAll };
void compareOn(const Engine& where, const Probe& probe, Inexact inexact) {
  Loaded& engine = loaded(where);
  if (!isSupported(probe, engine.dialect())) return;
  const std::string sql = sqlOf(probe, engine.dialect());
  const auto answers = engine.ask(sql);
  ASSERT_EQ(answers.size(), engine.rows().size());
  constexpr size_t kShown = 5;
  size_t wrong = 0;
  for (size_t row = 0; row < answers.size() && wrong < kShown; ++row) {
    Seen seen;
    const Value expected = evaluate(
        probe.expr,
        [&](const std::vector<std::string>& path) {
          return path[0] == "id" ? Value::whole(Int128(row)) : engine.valueAt(row, path[0]);
        },
        &seen);
    if (expected.isNull() && !ir::mayBeNull(probe.expr))
      ADD_FAILURE() << "null, although mayBeNull() says no, for "
                    << inputs(engine, probe.expr, row);
    const bool exact = seen.digits <= where.decimalDigits;
    if (!exact && inexact == Inexact::notAtAll) continue;
    const bool exactDecimals = where.decimalDigits >= 38;
    if (exact ? agrees(probe.expr, expected, answers[row], exactDecimals)
              : agreesLoosely(expected, answers[row], seen, where.decimalDigits))
      continue;
    ++wrong;
    const std::string answer = !answers[row]    ? "error: " + engine.lastError()
                               : !*answers[row] ? "null"
                                                : "`" + (**answers[row]).substr(0, 200) + "`";
    ADD_FAILURE() << probe.text << " on " << where.dialect << ", "
                  << inputs(engine, probe.expr, row) << "\n  should be `"
                  << toString(expected).substr(0, 200) << "`, is " << answer << "\n  " << sql;
  }
}

class OnEngine : public ::testing::Test {
public:
  OnEngine(Line line, Engine engine) : line_(std::move(line)), engine_(std::move(engine)) {}

  void TestBody() override {
    const Probe probe = probeOf(line_.expression);
    ASSERT_EQ(probe.complaint, "");
    EXPECT_EQ(factsOf(probe), line_.rest) << "reviewed? then --update";
    compareOn(engine_, probe, Inexact::loosely);
  }

private:
  Line line_;
  Engine engine_;
};

// Nested ones, where precedence, nulls on the way and types of parts of them meet.
TEST(Nested, RandomExpressionsAgree) {
  const size_t count = std::getenv("CAMBIUM_LONG") ? 5000 : 300;
  size_t refused = 0;
  for (size_t seed = 0; seed < count && !HasFailure(); ++seed) {
    const Probe probe = probeOf(randomExpression(seed));
    EXPECT_EQ(probe.complaint, "") << "seed " << seed << ": " << probe.text;
    if (!probe.complaint.empty()) continue;
    for (const Engine& engine : engines()) {
      refused += !isSupported(probe, dialectOf(engine));
      compareOn(engine, probe, Inexact::notAtAll);
    }
  }
  EXPECT_LT(refused, count / 10);
}

// ---- what computes a value may be stored
// A generated column takes no function whose answer depends on the session.
TEST(Computed, ColumnsTakeEveryExpression) {
  for (const Engine& engine : engines()) {
    const auto& dialect = dialectOf(engine);
    const auto session = openEngine(engine);
    const auto run = [&](const plan::Operation& operation) -> std::string {
      const auto emitted = dialect.emit({operation}, {});
      for (const auto& sql : emitted->statements)
        if (auto done = session->execute(sql); !done) return done.error().message + " in " + sql;
      return "";
    };
    const Probe base = probeOf("id");
    DiagnosticSink sink;
    catalog::Table bare =
        *catalog::lower(*base.compiled->model, dialect.traits(), sink).catalog.findTable("edge");
    bare.name = "bare";
    bare.checks.clear();
    ASSERT_EQ(run(plan::CreateTable{bare}), "");
    for (const Line& line : readLines()) {
      if (line.expression.empty()) continue;
      const Probe probe = probeOf(line.expression);
      if (!isSupported(probe, dialect)) continue;
      catalog::Column column;
      column.name = "probe";
      column.type = dialect.traits().mapType(probe.expr.type, *probe.compiled->model).sqlType;
      column.generatedSql = sqlOf(probe, dialect);
      column.stored = dialect.traits().addColumnGeneratedStored;
      const bool takenBack = dialect.traits().transactionalDdl;
      if (takenBack) {
        ASSERT_TRUE(bool(session->begin()));
      }
      const std::string refused = run(plan::AddColumn{"bare", column, {}, {}});
      EXPECT_EQ(refused, "") << line.expression << " on " << engine.dialect;
      if (takenBack) {
        ASSERT_TRUE(bool(session->rollback()));
      } else if (refused.empty()) {
        ASSERT_EQ(run(plan::DropColumn{"bare", column, {}, {}}), "");
      }
    }
  }
}

// ---- what has no fixed answer has a form
TEST(Moment, UuidNowAndToday) {
  for (const Engine& engine : engines()) {
    const auto session = openEngine(engine);
    const auto ask = [&](const std::string& function, const std::string& type) {
      const Probe probe = compileProbe(edgePackage(probeMember(function, type)), function);
      EXPECT_EQ(probe.complaint, "");
      auto rows = session->query("SELECT " + sqlOf(probe, dialectOf(engine)));
      return rows ? rows->at(0).at(0).value_or("null") : rows.error().message;
    };
    const std::string one = ask("uuid()", "uuid");
    EXPECT_TRUE(std::regex_match(
        one, std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")))
        << one;
    EXPECT_NE(one, ask("uuid()", "uuid"));
    // The database's clock is asked before and after.
    const std::string before = *session->now();
    const std::string now = ask("now()", "timestamp"), today = ask("today()", "date");
    const std::string after = *session->now();
    EXPECT_LE(before.substr(0, 19), now.substr(0, 10) + "T" + now.substr(11, 8));
    EXPECT_GE(after.substr(0, 19), now.substr(0, 10) + "T" + now.substr(11, 8));
    EXPECT_LE(before.substr(0, 10), today);
    EXPECT_GE(after.substr(0, 10), today);
  }
}

// ---- the list is complete
void collect(const ir::Expr& e, std::set<ir::Function>& functions, std::set<ir::Op>& ops) {
  if (e.kind == ir::ExprKind::call) functions.insert(e.function);
  if (e.op != ir::Op::none) ops.insert(e.op);
  for (const auto& argument : e.args) collect(argument, functions, ops);
}

TEST(TheList, HasEveryFunctionAndOperator) {
  std::set<ir::Function> functions;
  std::set<ir::Op> ops;
  for (const Line& line : readLines())
    if (!line.expression.empty()) collect(probeOf(line.expression).expr, functions, ops);
  for (size_t i = 1; i < size_t(ir::Function::count_); ++i) {
    const auto function = ir::Function(i);
    const bool fixed = ir::info(function).volatility == ir::Volatility::immutable;
    EXPECT_EQ(functions.contains(function), fixed) << ir::info(function).name;
  }
  for (size_t i = 1; i <= size_t(ir::Op::negate); ++i)
    EXPECT_TRUE(ops.contains(ir::Op(i))) << "operator " << i;
}

// A yardstick that agrees with everything would be none.
TEST(TheYardstick, CanFail) {
  const Probe probe = probeOf("i1 + 1");
  const Value two = Value::whole(2);
  EXPECT_TRUE(agrees(probe.expr, two, dialect::Value("2")));
  EXPECT_FALSE(agrees(probe.expr, two, dialect::Value("3")));
  EXPECT_FALSE(agrees(probe.expr, two, dialect::Value("2.0")));
  EXPECT_FALSE(agrees(probe.expr, two, dialect::Value()));
  EXPECT_FALSE(agrees(probe.expr, two, std::nullopt));
  EXPECT_FALSE(agrees(probe.expr, Value::null(), dialect::Value("2")));
  EXPECT_FALSE(agrees(probe.expr, Value::outside(9.3e18), dialect::Value("-9223372036854775808")));
  EXPECT_TRUE(agrees(probe.expr, Value::outside(9.3e18), dialect::Value("9.3e+18")));
  const Probe decimal = probeOf("w1 + 1");
  const Value fine = Value::decimal(Int128(1234567890123456789) * 100 + 1, 6);
  EXPECT_TRUE(agrees(decimal.expr, fine, dialect::Value("123456789012345.678901"), true));
  EXPECT_FALSE(agrees(decimal.expr, fine, dialect::Value("123456789012345.678902"), true));
  EXPECT_TRUE(agrees(decimal.expr, fine, dialect::Value("123456789012345.678902")));
  const Probe real = probeOf("f1 * f2");
  const Value tiny = Value::outside(5e-324);
  EXPECT_TRUE(agrees(real.expr, tiny, dialect::Value("0")));
  EXPECT_TRUE(agrees(real.expr, tiny, std::nullopt));
  EXPECT_FALSE(agrees(real.expr, tiny, dialect::Value("1e-300")));
}

}  // namespace
}  // namespace cambium::testing

int main(int argc, char** argv) {
  using namespace cambium::testing;
  ::testing::InitGoogleTest(&argc, argv);
  std::string only;
  bool update = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--update")
      update = true;
    else
      only = argv[i];
  }
  if (update && std::getenv("CI")) {
    std::cerr << "--update is not for CI\n";
    return 2;
  }
  if (update) return updateList() & updateReference() ? 0 : 1;
  size_t number = 0;
  for (const Line& line : readLines()) {
    if (line.expression.empty()) continue;
    ++number;
    if (line.expression.find(only) == std::string::npos) continue;
    for (const Engine& engine : engines())
      ::testing::RegisterTest(
          ("On_" + engine.dialect).c_str(),
          (std::to_string(number) + " " + line.expression).c_str(), nullptr, nullptr, __FILE__,
          __LINE__, [line, engine]() -> ::testing::Test* { return new OnEngine(line, engine); });
  }
  const int result = RUN_ALL_TESTS();
  allLoaded().clear();
  return result;
}
