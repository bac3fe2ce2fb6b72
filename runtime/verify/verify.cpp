#include "runtime/verify/verify.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/base/result.h"
#include "runtime/runner/run.h"
#include "runtime/verify/generated_rows.h"

namespace cambium::verify {

namespace {

using Columns = std::vector<std::string>;
using Rows = std::vector<std::string>;                         // each as one line, sorted
using Content = std::map<std::string, Rows>;                   // by table
using Skipped = std::map<std::string, std::set<std::string>>;  // columns by table

constexpr size_t kDifferencesShown = 5;
constexpr plan::Phase kStages[] = {plan::Phase::expand, plan::Phase::backfill,
                                   plan::Phase::validate, plan::Phase::switch_};

// The columns of a table that hold the same before and after: no change is about them.
struct Kept {
  std::string was, is;  // the table
  Columns old, now;     // one each
};

std::string oneLine(const dialect::Row& row) {
  std::string out;
  for (const auto& cell : row) out += (out.empty() ? "" : " | ") + cell.value_or("NULL");
  return out;
}

// Whatever the plan says, it would have met this.
bool isOfTheDatabase(const dialect::DbError& error) {
  using Kind = dialect::DbError::Kind;
  return error.kind != Kind::sql && error.kind != Kind::constraint && error.kind != Kind::other;
}

class Trying {
public:
  Trying(const Trial& trial, dialect::Session& session, std::string actor)
      : trial_(trial), session_(session), actor_(std::move(actor)) {
    for (const auto& change : trial_.changes.changes) mark(change);
  }

  Report run() {
    // From many rows to none: what the plan rightly refuses is not its fault.
    for (const RowsWanted wanted : {RowsWanted{2, 1}, RowsWanted{1, 0}, RowsWanted{0, 0}}) {
      stopped_.clear();
      if (!build(wanted) || !stages() || !toTheEnd()) break;
      if (stopped_.empty()) break;
      if (report_.refused.empty()) report_.refused = stopped_;
      if (wanted.full == 0) {
        fail("the plan stops although there are no rows: " + stopped_);
        break;
      }
      if (const auto done = session_.removeAll(false); !done) {
        report_.error = done.error();
        break;
      }
    }
    return std::move(report_);
  }

private:
  const catalog::Catalog& before() const { return trial_.from.catalog; }
  const catalog::Catalog& after() const { return trial_.to.catalog; }

  bool fail(std::string claim, std::vector<std::string> differences = {}) {
    if (differences.size() > kDifferencesShown) {
      const size_t more = differences.size() - kDifferencesShown;
      differences.resize(kDifferencesShown);
      differences.push_back(fmt::format("and {} more", more));
    }
    report_.finding = Finding{std::move(claim), std::move(differences)};
    return false;
  }

  // ---- what a change may do to values
  void touch(ir::PropertyId from, ir::PropertyId to) {
    old_.insert(from);
    new_.insert(to);
  }
  void mark(const diff::Change& change) {
    std::visit(Overloaded{
                   [&](const diff::ConvertProperty& c) { touch(c.from, c.to); },
                   [&](const diff::ChangeComputed& c) { touch(c.from, c.to); },
                   [&](const diff::ChangeTarget& c) { touch(c.from, c.to); },
                   [&](const diff::ChangeCardinality& c) { touch(c.from, c.to); },
                   [&](const diff::RequireProperty& c) {
                     touch(c.from, c.to);
                     // Empty cells get values under the old name, too, and an undo leaves them.
                     const std::string& table =
                         trial_.from.table((*trial_.changes.from)[c.from].entity);
                     for (const std::string& column : trial_.from.columnsOf(c.from))
                       filled_[table].insert(column);
                   },
                   [&](const diff::TransformProperties& c) {
                     const auto& rule = trial_.changes.migration->transforms[c.transform];
                     for (const auto& name : rule.from) transformed_.insert(name);
                   },
                   [](const auto&) {},
               },
               change);
  }

  bool keeps(ir::PropertyId id, ir::PropertyId other) const {
    const ir::Property& p = (*trial_.changes.from)[id];
    const ir::Property& q = (*trial_.changes.to)[other];
    if (p.kind != ir::PropertyKind::value || q.kind != ir::PropertyKind::value) return false;
    if (p.computed || q.computed || p.type.scalar == ir::Scalar::enumeration) return false;
    return !old_.contains(id) && !new_.contains(other) && !transformed_.contains(p.name);
  }

  std::vector<Kept> kept() const {
    std::vector<Kept> out;
    const auto& matching = trial_.changes.matching;
    const ir::Model& model = *trial_.changes.from;
    for (size_t i = 0; i < matching.entityTo.size(); ++i) {
      if (!matching.entityTo[i]) continue;
      Kept one{trial_.from.tables[i], trial_.to.table(matching.entityTo[i]), {}, {}};
      const auto *was = before().findTable(one.was), *is = after().findTable(one.is);
      // The rows of a group of tags are the model's.
      if (!was || !is || !after().rowsOf(one.is).empty() || !before().rowsOf(one.was).empty())
        continue;
      for (const ir::PropertyId id : model[ir::EntityId(static_cast<uint32_t>(i))].properties) {
        const ir::PropertyId other = matching.propertyTo[id.index()];
        if (!other || !keeps(id, other)) continue;
        const auto &from = trial_.from.columnsOf(id), &to = trial_.to.columnsOf(other);
        if (from.size() != 1 || to.size() != 1) continue;
        const auto *old = was->findColumn(from[0]), *now = is->findColumn(to[0]);
        if (!old || !now || old->type != now->type) continue;
        one.old.push_back(from[0]);
        one.now.push_back(to[0]);
      }
      out.push_back(std::move(one));
    }
    return out;
  }

  // ---- reading
  std::optional<Rows> read(const std::string& table, const Columns& columns,
                           const std::string& when) {
    std::string list;
    for (const std::string& column : columns)
      list += (list.empty() ? "" : ", ") + trial_.traits.quote(column);
    const auto rows = session_.query(
        fmt::format("SELECT {} FROM {}", list.empty() ? "1" : list, trial_.traits.quote(table)));
    if (!rows) {
      fail(fmt::format("{} `{}` cannot be read as {}", when, table,
                       list.empty() ? "it is" : "(" + list + ")"),
           {rows.error().message});
      return std::nullopt;
    }
    Rows out;
    for (const auto& row : *rows) out.push_back(oneLine(row));
    std::ranges::sort(out);
    return out;
  }

  // All that a version has, but for some columns.
  std::optional<Content> readAll(const catalog::Catalog& catalog, const Skipped& skipped,
                                 const std::string& when) {
    Content out;
    for (const auto& table : catalog.tables) {
      Columns columns;
      const auto without = skipped.find(table.name);
      for (const auto& column : table.columns)
        if (without == skipped.end() || !without->second.contains(column.name))
          columns.push_back(column.name);
      std::ranges::sort(columns);
      auto rows = read(table.name, columns, when);
      if (!rows) return std::nullopt;
      out[table.name] = std::move(*rows);
    }
    return out;
  }

  // Rows that were there and are not; `exactly`: and those that were not and are.
  bool sameRows(const Content& was, const Content& is, bool exactly, const std::string& when) {
    std::vector<std::string> differences;
    for (const auto& [table, rows] : was) {
      // Tags are the new version's from its first phase on.
      if (!exactly && !before().rowsOf(table).empty()) continue;
      const auto found = is.find(table);
      const Rows none;
      const Rows& now = found == is.end() ? none : found->second;
      Rows gone, come;
      std::ranges::set_difference(rows, now, std::back_inserter(gone));
      std::ranges::set_difference(now, rows, std::back_inserter(come));
      for (const auto& row : gone) differences.push_back(fmt::format("{}: {} is gone", table, row));
      if (!exactly) continue;
      for (const auto& row : come)
        differences.push_back(fmt::format("{}: {} has come", table, row));
    }
    return differences.empty() || fail(when + " the rows are not what they were", differences);
  }

  bool sameCatalog(const catalog::Catalog& expected, const std::string& when,
                   const std::string& version) {
    const auto live = session_.introspect();
    if (!live) return fail(when + " the database cannot be read", {live.error().message});
    std::vector<std::string> differences;
    for (const auto& d : catalog::compare(expected, *live))
      differences.push_back(fmt::format("{}: expected {}, found {}", d.object,
                                        d.expected.empty() ? "nothing" : d.expected,
                                        d.actual.empty() ? "nothing" : d.actual));
    return differences.empty() || fail(fmt::format("{} the schema is not that of {}", when,
                                                   version.empty() ? "an empty database" : version),
                                       differences);
  }

  // ---- running
  std::optional<runner::RunReport> run(const emit::Script& script, plan::Phase through, bool undo) {
    runner::RunOptions options;
    options.through = through;
    options.undo = undo;
    options.actor = actor_;
    options.environment = script.environment;
    auto report = runner::run(script, session_, options, [](const runner::RunEvent&) {});
    if (report.outcome == runner::Outcome::ok) return report;
    // Rows that do not fit stop a plan: that is what it has steps for.
    const bool refuses =
        !undo && report.failedStep > 0 && report.failedStep <= script.steps.size() &&
        (report.error ? report.error->kind == dialect::DbError::Kind::constraint
                      : !script.steps[report.failedStep - 1].action.verify.empty());
    if (refuses) {
      stopped_ = report.message;
      return report;
    }
    if (report.error && isOfTheDatabase(*report.error)) {
      report_.error = report.error;
      return std::nullopt;
    }
    std::vector<std::string> notes;
    if (report.error) notes.push_back(report.error->message);
    fail(fmt::format("{} fails: {}", undo ? "its undo" : std::string("it"), report.message), notes);
    return std::nullopt;
  }

  bool build(const RowsWanted& wanted) {
    if (trial_.build && !run(*trial_.build, plan::Phase::contract, false)) return false;
    // Without rows there is nothing that could be refused.
    if (!stopped_.empty())
      return fail(fmt::format("{} cannot be built: {}", trial_.script.fromVersion, stopped_));
    if (!sameCatalog(before(), "built afresh", trial_.script.fromVersion)) return false;
    report_.tables = report_.rows = 0;
    if (wanted.full > 0) writeRows(session_, before(), trial_.traits, wanted);
    auto content = readAll(before(), filled_, "before it begins");
    if (!content) return false;
    content_ = std::move(*content);
    for (const auto& [table, rows] : content_) {
      report_.rows += rows.size();
      report_.tables += !rows.empty();
    }
    keptRows_.clear();
    for (const Kept& one : kept()) {
      auto rows = read(one.was, one.old, "before it begins");
      if (!rows) return false;
      keptRows_.emplace_back(one, std::move(*rows));
    }
    return true;
  }

  bool backAgain(plan::Phase stage) {
    const std::string when = fmt::format("after undo from {}", plan::toString(stage));
    if (!run(trial_.script, stage, true)) return false;
    if (!sameCatalog(before(), when, trial_.script.fromVersion)) return false;
    const auto now = readAll(before(), filled_, when);
    return now && sameRows(content_, *now, true, when);
  }

  // What a version's applications find at that stage.
  bool readsAt(plan::Phase stage) {
    const std::string when = fmt::format("after {}", plan::toString(stage));
    const auto old = readAll(before(), filled_, when);
    if (!old) return false;
    if (stage != plan::Phase::switch_) return sameRows(content_, *old, false, when);
    if (!readAll(after(), {}, when)) return false;
    for (const auto& [one, rows] : keptRows_) {
      const auto now = read(one.is, {}, when);
      if (!now) return false;
      if (now->size() != rows.size() || old->at(one.was).size() != rows.size())
        return fail(when + " there are not as many rows as before",
                    {fmt::format("{}: {} were there, {} has {} and {} has {}", one.was, rows.size(),
                                 one.was, old->at(one.was).size(), one.is, now->size())});
    }
    return true;
  }

  bool stages() {
    for (const plan::Phase stage : kStages) {
      if (!run(trial_.script, stage, false)) return false;
      if (stopped_.empty() && !readsAt(stage)) return false;
      if (!backAgain(stage)) return false;
      if (!stopped_.empty()) return true;
    }
    return true;
  }

  bool toTheEnd() {
    if (!stopped_.empty()) return true;
    if (!run(trial_.script, plan::Phase::contract, false)) return false;
    if (!stopped_.empty()) return fail("it stops in its last phase: " + stopped_);
    if (!sameCatalog(after(), "at its end", trial_.script.toVersion)) return false;
    for (const auto& [one, rows] : keptRows_) {
      const auto now = read(one.is, one.now, "at its end");
      if (!now || !sameRows({{one.is, rows}}, {{one.is, *now}}, true, "at its end")) return false;
    }
    return true;
  }

  const Trial& trial_;
  dialect::Session& session_;
  const std::string actor_;
  Report report_;
  std::set<ir::PropertyId> old_, new_;
  std::set<std::string> transformed_;
  Skipped filled_;
  Content content_;
  std::vector<std::pair<Kept, Rows>> keptRows_;
  std::string stopped_;  // why the rows stopped it; "" = they did not
};

}  // namespace

Report tryOut(const Trial& trial, dialect::Session& session, const std::string& actor) {
  return Trying(trial, session, actor).run();
}

}  // namespace cambium::verify
