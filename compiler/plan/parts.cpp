// An entity that becomes two, or two that become one: what one version has in columns of a table
// the other one has in the rows of another table, its part. Until contract both are there, and
// triggers keep them in step (catalog::PartSync).
#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/names.h"
#include "compiler/catalog/part_sql.h"
#include "compiler/plan/middle.h"
#include "compiler/plan/values.h"

namespace cambium::plan {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& x) {
  return std::ranges::find(list, x) != list.end();
}

// What an expression says where there is no row to read.
ir::Expr ofNothing(ir::Expr e) {
  if (e.kind == ir::ExprKind::property) {
    ir::Expr nothing;
    nothing.kind = ir::ExprKind::literal;
    nothing.type.scalar = ir::Scalar::null;
    nothing.type.optional = true;
    return nothing;
  }
  for (auto& arg : e.args) arg = ofNothing(std::move(arg));
  return e;
}

class Part {
public:
  Part(Context& c, const TableForms& f, size_t change, const ir::TransformRule& rule,
       ir::EntityId part, bool splits)
      : c_(c), f_(f), change_(change), rule_(rule), part_(part), splits_(splits) {}

  void add() {
    const auto* table =
        (splits_ ? c_.plan.after : c_.plan.before).findTable(lowered().table(part_));
    if (!table || refused()) return;
    partTable_ = table;
    const auto sync = over(When::before), last = over(When::after);
    addSync(sync, last);
    addWatched(sync, last);
    addBackfill(sync);
    const auto said = fmt::format("rows of {} that do not agree with {}", sync.table, sync.part);
    addVerify(c_, f_, element(), pending(sync), said, change_, rule_.span);
    // Counted again as the old form goes: what a cascade changes sets off no trigger everywhere.
    auto& again =
        c_.add(Transition::verifyLoss, sync.table, element(), "no " + said, change_, rule_.span);
    again.operations.push_back(Verify{
        sync.table, pending(last), said,
        fmt::format("a reference may have changed them unseen: write to these rows of {} once more",
                    splits_ ? sync.part : sync.table)});
    addLoss(sync, last);
  }

private:
  // ---- what the two versions call it
  const ir::Model& model() const { return splits_ ? c_.b() : c_.a(); }  // that has the part
  const catalog::Lowered& lowered() const { return splits_ ? c_.to : c_.from; }
  const ir::Model& other() const { return splits_ ? c_.a() : c_.b(); }
  const catalog::Lowered& otherLowered() const { return splits_ ? c_.from : c_.to; }
  ir::EntityId whole() const { return splits_ ? f_.oldEntity : f_.newEntity; }  // as it was alone
  const std::vector<std::string>& wholeProperties() const {
    return splits_ ? rule_.from : rule_.to;
  }
  const std::vector<std::string>& partProperties() const { return splits_ ? rule_.to : rule_.from; }
  const std::vector<ir::Assignment>& ofPart() const { return splits_ ? rule_.up : rule_.down; }
  const std::vector<ir::Assignment>& ofWhole() const { return splits_ ? rule_.down : rule_.up; }

  const ir::Property& wholeProperty(const std::string& name) const {
    return other()[*other().findProperty(whole(), name)];
  }
  const std::string& wholeColumn(const std::string& name) const {
    return otherLowered().columnsOf(*other().findProperty(whole(), name)).front();
  }
  std::string wholeName(const std::string& column, When when) const {
    return splits_ ? f_.oldName(column, when) : f_.newName(column, when);
  }
  const std::vector<std::string>& partColumns(const std::string& name) const {
    return lowered().columnsOf(*model().findProperty(part_, name));
  }
  static const ir::Expr& valueOf(const std::vector<ir::Assignment>& list, const std::string& name) {
    return std::ranges::find(list, name, &ir::Assignment::property)->value;
  }

  std::string element() const { return f_.from->name + " and " + partTable_->name; }

  catalog::PartSync over(When when) const {
    catalog::PartSync sync;
    sync.table = f_.from->name;
    sync.key = f_.oldKey(when);
    sync.part = partTable_->name;
    sync.owner = partColumns(rule_.by);
    for (const auto& name : wholeProperties()) {
      const auto& column = wholeColumn(name);
      const auto& type =
          splits_ ? f_.findOld(column)->column->type : f_.findNew(column)->column->type;
      sync.columns.push_back({wholeName(column, when), type});
      sync.nothing.push_back(nothingOf(name));
    }
    for (const auto& name : partProperties()) {
      const auto& column = partColumns(name).front();
      sync.values.push_back({column, partTable_->findColumn(column)->type});
    }
    sync.toPart = [this, when](std::string_view row) {
      std::vector<std::string> out;
      for (const auto& name : partProperties())
        out.push_back(render(valueOf(ofPart(), name), other(), otherLowered(), whole(), c_.traits,
                             [&](const std::string& column) {
                               return std::string(row) + c_.quote(wholeName(column, when));
                             }));
      return out;
    };
    sync.toTable = [this](std::string_view row) {
      std::vector<std::string> out;
      for (const auto& name : wholeProperties())
        out.push_back(
            render(valueOf(ofWhole(), name), model(), lowered(), part_, c_.traits,
                   [&](const std::string& column) { return std::string(row) + c_.quote(column); }));
      return out;
    };
    const auto name = [&](const char* what) {
      return catalog::derivedName("cambium_part", {sync.part, what}, c_.traits.maxIdentifierBytes);
    };
    sync.names = {name("insert"),      name("update"),      name("part_insert"),
                  name("part_update"), name("part_delete"), name("busy")};
    return sync;
  }

  // What stands in a column of the whole where there is no part: of one that the old version
  // requires what `down` makes of nothing.
  std::string nothingOf(const std::string& name) const {
    if (!splits_ || wholeProperty(name).type.optional) return "NULL";
    return render(ofNothing(valueOf(ofWhole(), name)), model(), lowered(), part_, c_.traits,
                  [](const std::string&) { return std::string("NULL"); });
  }

  // ---- steps
  std::string pending(const catalog::PartSync& sync) const {
    const catalog::PartSql sql(sync, c_.traits.quote, c_.traits.identical);
    return countRows(sync.table, sql.pending(), c_.traits);
  }

  void addSync(const catalog::PartSync& sync, const catalog::PartSync& last) {
    auto before = triggers(sync, When::before), after = triggers(last, When::after);
    const auto title = fmt::format("{} and {} kept in step", sync.table, sync.part);
    const auto nodes =
        addTriggers(c_, f_, element(), title, kSyncLife, before, after, change_, rule_.span);
    if (splits_) c_.nodes[nodes.made].needs.push_back("table:" + sync.part);
    c_.nodes[nodes.gone].provides.push_back("unlinked:" + sync.part);
    for (auto& node : c_.nodes) {
      if (node.transition == Transition::tableDrop && node.table == sync.part)
        node.needs.push_back("unlinked:" + sync.part);
    }
    c_.plan.duties.links.push_back({splits_ ? sync.table : sync.part,
                                    splits_ ? sync.columns.front().name : sync.values.front().name,
                                    std::move(before), std::move(after), pending(sync)});
  }

  void addWatched(const catalog::PartSync& sync, const catalog::PartSync& last) {
    const auto names = [](const std::vector<catalog::PartSync::Column>& columns) {
      std::vector<std::string> out;
      for (const auto& column : columns) out.push_back(column.name);
      return out;
    };
    c_.watched.push_back({.table = sync.part,
                          .before = names(sync.values),
                          .after = names(sync.values),
                          .rows = true,
                          .owner = sync.owner,
                          .change = change_,
                          .cause = rule_.span});
    c_.watched.push_back({.table = sync.table,
                          .before = names(sync.columns),
                          .after = names(last.columns),
                          .change = change_,
                          .cause = rule_.span});
  }

  std::vector<catalog::Trigger> triggers(const catalog::PartSync& sync, When when) {
    auto out = c_.traits.partTriggers(sync);
    // A row that a new application writes has no part yet, and the old version's required columns
    // have a value all the same.
    for (size_t i = 0; i < sync.columns.size(); ++i) {
      if (sync.nothing[i] == "NULL") continue;
      catalog::SyncTrigger fill;
      fill.name = catalog::derivedName("cambium_part", {sync.part, wholeProperties()[i], "empty"},
                                       c_.traits.maxIdentifierBytes);
      fill.table = sync.table;
      fill.key = f_.rowKey(when);
      fill.keyMayBeEmpty = f_.keyDemoted;
      fill.when = "NEW." + c_.quote(sync.columns[i].name) + " IS NULL";
      fill.set.emplace_back(sync.columns[i].name, sync.nothing[i]);
      out.push_back({fill.name, fill.table, c_.traits.syncTrigger(fill)});
    }
    return out;
  }

  // The triggers do it: they look at the other table while they hold the row.
  void addBackfill(const catalog::PartSync& sync) {
    const catalog::PartSql sql(sync, c_.traits.quote, c_.traits.identical);
    Backfill backfill;
    if (splits_) {
      backfill = {sync.table, f_.from->primaryKey, {}, sql.pending(), sql.said("")};
      for (const auto& column : sync.columns)
        backfill.set.emplace_back(column.name, c_.quote(column.name));
    } else {
      backfill = {sync.part,
                  partTable_->primaryKey,
                  {},
                  sql.partPending(),
                  c_.quote(sync.owner.front()) + " IS NOT NULL"};
      for (const auto& column : sync.values)
        backfill.set.emplace_back(column.name, c_.quote(column.name));
    }
    c_.add(Transition::backfillRun, backfill.table, element(),
           splits_ ? fmt::format("{} from {}", sync.part, sync.table)
                   : fmt::format("{} from {}", sync.table, sync.part),
           change_, rule_.span)
        .operations.push_back(std::move(backfill));
  }

  // ---- what would get lost
  bool approved(const std::string& property) const {
    return std::ranges::any_of(c_.changes.migration->approvals, [&](const auto& rule) {
      return rule.kind == ir::ApprovalKind::narrow && rule.from.entity == rule_.fromEntity &&
             rule.from.property == property;
    });
  }

  // Counts the rows of the form that goes whose values do not come back from the other one; or, the
  // other way round, those that an undo would lose.
  std::string lost(const catalog::PartSync& sync, bool ofTable, bool onlyPrecious) const {
    const auto here = c_.quote(ofTable ? sync.table : sync.part) + ".";
    const auto there = std::string(ofTable ? "p." : "t.");
    const auto values = ofTable ? sync.toTable(there) : sync.toPart(there);
    const auto& columns = ofTable ? sync.columns : sync.values;
    const auto& names = ofTable ? wholeProperties() : partProperties();
    std::vector<std::string> out;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (onlyPrecious && approved(names[i])) continue;
      const auto was = here + c_.quote(columns[i].name);
      out.push_back(fmt::format("({} IS NOT NULL AND NOT ({}))", was,
                                c_.traits.identical(columns[i].type, was, values[i])));
    }
    if (out.empty()) return {};
    std::string same;
    for (size_t i = 0; i < sync.owner.size(); ++i) {
      const auto owner = c_.quote(sync.owner[i]), key = c_.quote(sync.key[i]);
      same += fmt::format("{}{}{} = {}{}", i ? " AND " : "", there, ofTable ? owner : key, here,
                          ofTable ? key : owner);
    }
    return countRows(ofTable ? sync.table : sync.part,
                     fmt::format("EXISTS (SELECT 1 FROM {} AS {} WHERE {} AND ({}))",
                                 c_.quote(ofTable ? sync.part : sync.table), ofTable ? "p" : "t",
                                 same, joined(out, " OR ")),
                     c_.traits);
  }

  void addLoss(const catalog::PartSync& first, const catalog::PartSync& last) {
    const auto &goes = splits_ ? first.table : first.part,
               &stays = splits_ ? first.part : first.table;
    c_.plan.undoLosses.push_back(
        {fmt::format("what `{}` has of `{}`", stays, goes), lost(last, !splits_, false)});
    LossDuty duty{first.table, {}, lost(first, splits_, true), lost(last, splits_, true)};
    if (duty.first.empty()) return;
    std::vector<std::string> approvals;
    for (const auto& name : rule_.from)
      if (!approved(name))
        approvals.push_back(fmt::format("`approve narrow {}.{} \"why\"`", rule_.fromEntity, name));
    const auto said = fmt::format("rows of {} whose values do not come back from {}", goes, stays);
    addVerify(c_, f_, element() + " loss", duty.first, said, change_, rule_.span);
    auto& node = c_.nodes.back();
    std::get<Verify>(node.operations.front()).help = fmt::format(
        "undo the run, and let `up` and `down` keep every value; or say {} in the migration if "
        "they "
        "may be lost",
        joined(approvals, " and "));
    c_.add(Transition::verifyLoss, first.table, element() + " loss", "no " + said, change_,
           rule_.span)
        .operations.push_back(Verify{
            goes, duty.last, said,
            "old applications wrote them since the count before the switch: give them values "
            "that the new version can hold"});
    if (!splits_) return;
    for (size_t i = 0; i < last.columns.size(); ++i)
      if (!approved(rule_.from[i])) duty.columns.push_back(last.columns[i].name);
    c_.plan.duties.losses.push_back(std::move(duty));
  }

  // ---- where there is no way
  bool refused() {
    std::string help;
    const std::string why = reason(help);
    if (why.empty()) return !nothingFills();
    const auto& old = c_.a()[f_.oldEntity].name;
    const auto& now = c_.b()[f_.newEntity].name;
    const auto& part = model()[part_].name;
    auto& d = c_.sink.add(
        splits_ ? report<Code::EVO060>(rule_.span, old, fmt::format("`{}` and `{}`", now, part))
                : report<Code::EVO060>(rule_.span, part, fmt::format("part of `{}`", now)));
    d.under(why);
    if (!help.empty()) d.help(help);
    return true;
  }

  std::string reason(std::string& help) const {
    const auto& by = model()[*model().findProperty(part_, rule_.by)];
    if (!c_.traits.partTriggers) return "not on this database";
    if (by.onDelete != ir::RefAction::cascade) {
      help = fmt::format("`{}: ref {} on delete cascade`", by.name, model()[by.target].name);
      return fmt::format("applications that know no `{}` could not delete a `{}` that has one",
                         model()[part_].name, model()[by.target].name);
    }
    if (f_.newKey || changesOver(c_, f_.to->name)) {
      help = "change the key in a version of its own";
      return "the key changes in the same version";
    }
    if (rule_.up.empty() || rule_.down.empty()) {
      help = "say in `up` and in `down` what each is made of";
      return "nothing leads back";
    }
    if (auto why = referredTo(help); !why.empty()) return why;
    for (const auto& [assignments, names] :
         {std::pair(&rule_.up, &rule_.from), std::pair(&rule_.down, &rule_.to)})
      for (const auto& assignment : *assignments) {
        const auto read = ir::propertiesUsed(assignment.value);
        for (const auto& used : read)
          if (!contains(*names, used)) {
            help = fmt::format("`{}` is made of what goes over alone", assignment.property);
            return fmt::format("`{}` does not go over", used);
          }
        if (!read.empty()) continue;
        help = fmt::format("leave it out: a default of `{}`, or no value, says the same",
                           assignment.property);
        return fmt::format(
            "`{}` is made of nothing: each write of the other version would make it "
            "that again",
            assignment.property);
      }
    for (const auto& name : splits_ ? partProperties() : wholeProperties()) {
      const auto& p = splits_ ? model()[*model().findProperty(part_, name)] : wholeProperty(name);
      if (valueMoves(c_, p).empty()) continue;
      help = "rename the value in a version of its own";
      return fmt::format("a value of `{}` gets another name in the same version", name);
    }
    for (const auto& name : wholeProperties()) {
      const auto& p = wholeProperty(name);
      const auto id = *other().findProperty(whole(), name);
      const auto& matching = c_.changes.matching;
      if ((splits_ ? matching.propertyTo : matching.propertyFrom)[id.index()]) {
        help = fmt::format("remove `{}` from one of the two, or leave it out here", name);
        return fmt::format("`{}` stays where it is, too", name);
      }
      if (p.defaultValue) {
        help = fmt::format("leave out the default of `{}` in a version of its own", name);
        return fmt::format("every row would have a `{}`, as `{}` is never empty",
                           model()[part_].name, name);
      }
      if (!splits_ && !p.type.optional) {
        help = fmt::format("make `{}` optional in this version, and required in the next", name);
        return fmt::format("an old application writes the row before it writes its `{}`",
                           model()[part_].name);
      }
    }
    for (const auto id : model()[part_].properties) {
      const auto& p = model()[id];
      if (p.kind == ir::PropertyKind::many || p.computed || p.type.optional || p.defaultValue ||
          p.autoincrement || p.name == rule_.by || contains(partProperties(), p.name))
        continue;
      help = fmt::format("give `{}` a default, or make it optional", p.name);
      return fmt::format("nothing fills `{}.{}` when the other version writes", model()[part_].name,
                         p.name);
    }
    return {};
  }

  // What refers to the part must let it go with its row, and with what it says.
  std::string referredTo(std::string& help) const {
    for (const auto& p : model().properties) {
      const bool lets =
          p.onDelete == ir::RefAction::cascade || p.onDelete == ir::RefAction::setNull;
      if (p.kind != ir::PropertyKind::reference || p.target != part_ || lets) continue;
      help = fmt::format("`on delete cascade`, or a reference to `{}`, or a version of its own",
                         model()[model()[*model().findProperty(part_, rule_.by)].target].name);
      return fmt::format("`{}.{}` would keep applications that know no `{}` from emptying it",
                         model()[p.entity].name, p.name, model()[part_].name);
    }
    return {};
  }

  // A row without a part, whose columns the old version requires.
  bool nothingFills() {
    bool filled = true;
    for (const auto& name : splits_ ? rule_.from : std::vector<std::string>()) {
      if (wholeProperty(name).type.optional || !ir::mayBeNull(ofNothing(valueOf(ofWhole(), name))))
        continue;
      c_.sink.add(
          report<Code::EVO053>(rule_.span, rule_.fromEntity, name)
              .under(fmt::format("`down` has no value where there is no `{}`", model()[part_].name))
              .help(fmt::format("`{} = coalesce(…, …)`", name)));
      filled = false;
    }
    return filled;
  }

  Context& c_;
  const TableForms& f_;
  size_t change_;
  const ir::TransformRule& rule_;
  ir::EntityId part_;
  bool splits_;
  const catalog::Table* partTable_ = nullptr;
};

}  // namespace

void addParts(Context& c, const TableForms& f) {
  for (size_t i = 0; i < c.changes.changes.size(); ++i) {
    const auto* change = std::get_if<diff::TransformProperties>(&c.changes.changes[i]);
    if (!change) continue;
    const auto& rule = c.changes.migration->transforms[change->transform];
    const auto was = c.a().findEntity(rule.fromEntity), is = c.b().findEntity(rule.toEntity);
    if (rule.by.empty() || !was || !is) continue;
    if (*was == f.oldEntity)
      Part(c, f, i, rule, *is, true).add();
    else if (*is == f.newEntity)
      Part(c, f, i, rule, *was, false).add();
  }
}

}  // namespace cambium::plan
