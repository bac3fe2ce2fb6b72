#include "cli/losses.h"

#include <algorithm>

#include "compiler/artifact/seal.h"
#include "compiler/base/result.h"
#include "compiler/diff/parts.h"
#include "compiler/plan/rollback_loss.h"

namespace cambium::cli {

namespace {

class Losses {
public:
  Losses(dialect::Session& session, const catalog::Traits& traits, const diff::ChangeSet& changes,
         const catalog::Lowered& now, const catalog::Lowered& before)
      : session_(session), traits_(traits), set_(changes), now_(now), before_(before) {}

  std::vector<Loss> run() {
    for (const diff::Change& change : set_.changes)
      std::visit(Overloaded{
                     [&](const diff::AddEntity& c) { entity(c.entity); },
                     [&](const diff::AddProperty& c) { property(c.property); },
                     [&](const diff::ConvertProperty& c) { converted(c); },
                     [&](const diff::TransformProperties& c) { transformed(c); },
                     [&](const diff::AddTag& c) { tag(c); },
                     [](const auto&) {},
                 },
                 change);
    return std::move(found_);
  }

private:
  const ir::Model& model() const { return *set_.to; }

  void entity(ir::EntityId id) {
    const std::string& table = now_.table(id);
    if (table.empty() || model()[id].lifecycle == ir::Lifecycle::external) return;
    // What came out of another entity goes back into it, but for what only this one has.
    if (const auto* rule = diff::cameOutOf(set_, id)) {
      for (const ir::PropertyId p : model()[id].properties)
        if (!isCarried(*rule, id, p)) property(p);
      return;
    }
    const auto demanded = std::ranges::count(now_.catalog.rows, table, &catalog::Row::table);
    add("table `" + table + "`", count(table, "") - demanded);
  }

  bool isCarried(const ir::TransformRule& rule, ir::EntityId entity, ir::PropertyId id) const {
    const auto& key = model()[entity].key.properties;
    return model()[id].name == rule.by || std::ranges::find(key, id) != key.end() ||
           std::ranges::find(rule.to, model()[id].name) != rule.to.end();
  }

  // Only what somebody wrote: not what every row got when the property came.
  void property(ir::PropertyId id) {
    const ir::Property& p = model()[id];
    if (p.computed) return;
    const ir::Expr* given = p.defaultValue ? &*p.defaultValue : nullptr;
    if (set_.migration)
      for (const auto& rule : set_.migration->fills)
        if (rule.to.entity == model()[p.entity].name && rule.to.property == p.name)
          given = &rule.value;
    column(id, given);
  }

  void column(ir::PropertyId id, const ir::Expr* given) {
    const auto& columns = now_.columnsOf(id);
    if (columns.empty()) return;
    const std::string quoted = traits_.quote(columns.front());
    std::string where = quoted + " IS NOT NULL";
    const bool constant =
        given && (given->kind == ir::ExprKind::literal || given->kind == ir::ExprKind::member);
    if (constant) where += " AND " + quoted + " <> " + traits_.literal(*given);
    const ir::EntityId owner = model()[id].entity;
    // Until contract a renamed table has its old name as well; not every engine has both.
    int64_t rows = count(now_.table(owner), where);
    if (const ir::EntityId old = set_.matching.entityFrom[owner.index()]; rows == 0 && old)
      rows = count(before_.table(old), where);
    add(fmt::format("column `{}.{}`", now_.table(owner), columns.front()), rows);
  }

  void converted(const diff::ConvertProperty& c) {
    if (c.transform != diff::ConvertProperty::kNoTransform &&
        set_.migration->transforms[c.transform].down.empty())
      column(c.to, nullptr);
  }

  void transformed(const diff::TransformProperties& c) {
    const ir::TransformRule& rule = set_.migration->transforms[c.transform];
    const auto entity = model().findEntity(rule.toEntity);
    if (!rule.down.empty() || !entity) return;
    for (const auto& name : rule.to)
      if (const auto id = model().findProperty(*entity, name)) column(*id, nullptr);
  }

  // A tag goes, and whoever has it loses it.
  void tag(const diff::AddTag& c) {
    const auto group = model().findEntity(c.group);
    if (!group) return;
    const std::string sql = plan::countTagged(now_, *group, c.tag, traits_);
    if (!sql.empty())
      add(fmt::format("tag `{}.{}`", c.group, c.tag), countOf(session_, sql).value_or(0));
  }

  // 0 where the object is not there (yet).
  int64_t count(const std::string& table, const std::string& where) {
    if (table.empty()) return 0;
    const std::string sql =
        "SELECT COUNT(*) FROM " + traits_.quote(table) + (where.empty() ? "" : " WHERE " + where);
    return countOf(session_, sql).value_or(0);
  }

  void add(std::string what, int64_t rows) {
    if (rows > 0) found_.push_back({std::move(what), rows});
  }

  dialect::Session& session_;
  const catalog::Traits& traits_;
  const diff::ChangeSet& set_;
  const catalog::Lowered& now_;
  const catalog::Lowered& before_;
  std::vector<Loss> found_;
};

std::string textOf(const Loss& loss) {
  return fmt::format("{}: {}", loss.what,
                     loss.rows ? counted(static_cast<size_t>(*loss.rows), "row")
                               : std::string("rows that the database did not count"));
}

// Since then new applications write.
bool switched(const emit::Script& script, const runner::PlanRecord& record) {
  for (size_t i = 0; i < script.steps.size() && i < record.steps.size(); ++i)
    if (script.steps[i].switches) return record.steps[i] == runner::StepState::applied;
  return false;
}

}  // namespace

Or<std::vector<Loss>> lossesOfUndo(Context& context, Database& database, const emit::Script& script,
                                   const runner::PlanRecord& record) {
  const auto unreadable = [&](const std::string& detail) {
    return Failure{context.fail(report<Code::RUN063>({}, database.target.shown, detail)
                                    .note("without it nobody can tell what would be lost"))};
  };
  auto to = artifact::unseal(script.wayBack.empty() ? script.toModel : script.wayBack);
  if (!to) return unreadable(to.error().detail);
  ModelPtr from = diff::emptyModel(*to);
  if (const auto previous = runner::installationFromJson(record.previous)) {
    auto model = artifact::unseal(previous->model);
    if (!model) return unreadable(model.error().detail);
    from = std::make_shared<const ir::Model>(std::move(*model));
  }
  // What diff and lowering find was told when the plan was made.
  DiagnosticSink told;
  const auto& traits = database.target.dialect->traits();
  const auto changes = diff::diff(from, std::make_shared<const ir::Model>(std::move(*to)), told);
  const auto now = catalog::lower(*changes.to, traits, told);
  const auto before = catalog::lower(*changes.from, traits, told);
  auto losses = Losses(*database.session, traits, changes, now, before).run();
  if (switched(script, record))
    for (const auto& loss : script.undoLosses)
      if (const auto rows = countOf(*database.session, loss.countSql); rows != 0)
        losses.push_back({loss.what, rows});
  return losses;
}

Outcome agreeToLosses(Context& context, const std::vector<Loss>& losses,
                      const std::string& environment) {
  if (losses.empty() || context.invocation.has("yes")) return Outcome::ok;
  auto d = report<Code::RUN061>({});
  for (const Loss& loss : losses) d.note("undo deletes " + textOf(loss));
  if (!context.canAsk()) return context.fail(std::move(d).help("add `--yes` to agree"));
  std::string question =
      fmt::format("In environment `{}` the way back deletes data:\n", environment);
  for (const Loss& loss : losses) question += fmt::format("  - {}\n", textOf(loss));
  question += fmt::format("Type `{}` to go on: ", environment);
  if (context.ask(question, environment)) return Outcome::ok;
  return context.fail(std::move(d).help("nothing was done"));
}

}  // namespace cambium::cli
