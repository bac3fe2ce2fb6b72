// Everything that keeps old and new columns of a table in step: sync triggers, backfills with their
// verification, guards, faces.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::SyncTrigger;

std::string allOf(const std::vector<std::string>& list) {
  return joined(list, " AND ");
}

std::string_view newType(const TableForms& f, const std::string& name) {
  const auto* column = f.findNew(name);
  return column ? std::string_view(column->column->type) : std::string_view();
}
std::string_view oldType(const TableForms& f, const std::string& name) {
  const auto* column = f.findOld(name);
  return column ? std::string_view(column->column->type) : std::string_view();
}

std::string unchanged(const Context& c, const TableForms& f, const std::vector<std::string>& to,
                      When when) {
  const auto before = newColumns(c, f, when, "OLD."), now = newColumns(c, f, when, "NEW.");
  std::vector<std::string> list;
  for (const auto& name : to)
    list.push_back(c.traits.identical(newType(f, name), now(name), before(name)));
  return allOf(list);
}
std::string changedOld(const Context& c, const TableForms& f, const std::vector<std::string>& from,
                       When when) {
  const auto before = oldColumns(c, f, when, "OLD."), now = oldColumns(c, f, when, "NEW.");
  std::vector<std::string> list;
  for (const auto& name : from)
    list.push_back(c.traits.identical(oldType(f, name), now(name), before(name)));
  return "NOT (" + allOf(list) + ")";
}

class Sync {
public:
  Sync(Context& c, const TableForms& f) : c_(c), f_(f) {}

  std::vector<SyncTrigger> groupTriggers(const Group& g, When when) const {
    const auto s = groupSql(c_, f_, g, when, "NEW.");
    std::vector<SyncTrigger> out;
    auto up = trigger(g.to.front(), "insert_up", SyncTrigger::Event::insert, when);
    up.when = fmt::format("{} AND NOT {}", s.emptyTo, s.consistent);
    up.fillsKey = g.identity && fillsKey(g.to, f_.to->primaryKey);
    up.reads = looksUp(g);
    for (size_t i = 0; i < g.to.size(); ++i)
      up.set.emplace_back(f_.newName(g.to[i], when), s.up[i]);
    auto updateUp = trigger(g.to.front(), "update_up", SyncTrigger::Event::update, when);
    for (const auto& name : g.inputs) changedBy(name, when, updateUp.changed);
    updateUp.when = fmt::format("{} AND NOT {}", unchanged(c_, f_, g.to, when), s.consistent);
    updateUp.set = up.set;
    updateUp.reads = up.reads;
    out.push_back(std::move(up));
    out.push_back(std::move(updateUp));
    if (!g.down) return out;

    auto down = trigger(g.to.front(), "insert_down", SyncTrigger::Event::insert, when);
    down.when = fmt::format("NOT ({}) AND {}", s.emptyTo, oldIsAnother(g, s));
    for (size_t i = 0; i < g.from.size(); ++i)
      down.set.emplace_back(f_.oldName(g.from[i], when), s.down[i]);
    down.fillsKey = fillsKey(g.from, f_.from->primaryKey);
    down.reads = up.reads;
    auto updateDown = trigger(g.to.front(), "update_down", SyncTrigger::Event::update, when);
    for (const auto& name : g.to) updateDown.changed.push_back(f_.newName(name, when));
    updateDown.when = "NOT " + s.consistent;
    updateDown.set = down.set;
    updateDown.reads = down.reads;
    out.push_back(std::move(down));
    out.push_back(std::move(updateDown));
    if (auto defaults = defaultTrigger(g, when)) out.push_back(std::move(*defaults));
    return out;
  }

  std::vector<SyncTrigger> fillTriggers(const Fill& fill, When when) const {
    std::vector<SyncTrigger> out;
    if (!fill.forWrites) return out;
    const auto name = f_.newName(fill.column, when);
    for (auto [event, kind, suffix] :
         {std::tuple(Event::insert, SyncTrigger::Event::insert, "insert_fill"),
          std::tuple(Event::update, SyncTrigger::Event::update, "update_fill")}) {
      auto t = trigger(fill.column, suffix, kind, when);
      t.when = newColumns(c_, f_, when, "NEW.")(fill.column) + " IS NULL";
      if (f_.findNew(fill.column)->group >= 0) {
        const auto& g = f_.groups[static_cast<size_t>(f_.findNew(fill.column)->group)];
        t.when +=
            " AND " + groupSql(c_, f_, g, when, "NEW.").up[position(fill.column)] + " IS NULL";
        t.reads = looksUp(g);
      }
      if (event == Event::update) {
        t.changed.push_back(name);
        if (int g = f_.findNew(fill.column)->group; g >= 0) {
          for (const auto& input : f_.groups[static_cast<size_t>(g)].inputs)
            t.changed.push_back(f_.oldName(input, when));
        }
      }
      t.set.emplace_back(name, fill.forWrites(effectiveColumns(c_, f_, when, event)));
      out.push_back(std::move(t));
    }
    return out;
  }

private:
  // Of a row whose new form is written: the old one does not agree with it, or is empty, where only
  // a new application leaves it so. The new form may be just what an empty old one becomes.
  std::string oldIsAnother(const Group& g, const GroupSql& s) const {
    const auto leftEmpty = [&](const std::string& name) {
      const auto* column = f_.findOld(name);
      if (column->blank) return g.filled || !g.oneToOne;
      const bool byDefault = !column->column->defaultSql.empty() && !column->relaxed;
      return g.filled && column->column->notNull && !byDefault;
    };
    std::vector<std::string> missing;
    for (size_t i = 0; i < g.from.size(); ++i)
      if (leftEmpty(g.from[i]))
        missing.push_back(fmt::format("({} IS NULL AND {} IS NOT NULL)", s.from[i], s.down[i]));
    if (missing.empty()) return "NOT " + s.consistent;
    return fmt::format("(NOT {} OR {})", s.consistent, joined(missing, " OR "));
  }

  // An old column and, of one that is computed, those that it is computed from: no statement names
  // it.
  void changedBy(const std::string& old, When when, std::vector<std::string>& out) const {
    const auto name = f_.oldName(old, when);
    if (std::find(out.begin(), out.end(), name) != out.end()) return;
    out.push_back(name);
    const auto* column = f_.from->findColumn(old);
    if (!column || column->generatedSql.empty()) return;
    for (const auto& input : identifiersIn(column->generatedSql, c_.traits))
      changedBy(input, when, out);
  }

  SyncTrigger trigger(const std::string& column, const char* what, SyncTrigger::Event event,
                      When when) const {
    SyncTrigger t;
    t.name = catalog::derivedName("cambium_sync", {f_.from->name, column, what},
                                  c_.traits.maxIdentifierBytes);
    t.table = f_.from->name;
    t.key = f_.rowKey(when);
    t.keyMayBeEmpty = f_.keyDemoted;
    t.event = event;
    return t;
  }
  size_t position(const std::string& column) const {
    const auto& to = f_.groups[static_cast<size_t>(f_.findNew(column)->group)].to;
    return static_cast<size_t>(std::find(to.begin(), to.end(), column) - to.begin());
  }

  // Neither form written, though the old version always writes its own: a new application that
  // leaves it to the default.
  std::optional<SyncTrigger> defaultTrigger(const Group& g, When when) const {
    const auto old = oldColumns(c_, f_, when, "NEW."), fresh = newColumns(c_, f_, when, "NEW.");
    std::vector<std::string> empty;
    for (const auto& name : g.from) {
      const auto& column = *f_.findOld(name)->column;
      if (!column.notNull || !column.defaultSql.empty()) return std::nullopt;
      empty.push_back(old(name) + " IS NULL");
    }
    if (looksUp(g)) return std::nullopt;
    bool any = false;
    const ColumnSql withDefaults = [&](const std::string& name) {
      const auto* column = f_.findNew(name);
      const bool here = std::find(g.to.begin(), g.to.end(), name) != g.to.end();
      return here && column && !column->column->defaultSql.empty() ? column->column->defaultSql
                                                                   : fresh(name);
    };
    auto t = trigger(g.to.front(), "insert_default", SyncTrigger::Event::insert, when);
    for (const auto& name : g.to) {
      empty.push_back(fresh(name) + " IS NULL");
      const auto& value = f_.findNew(name)->column->defaultSql;
      if (value.empty()) continue;
      any = true;
      t.set.emplace_back(f_.newName(name, when), value);
    }
    if (!any) return std::nullopt;
    const auto down = g.down(withDefaults);
    for (size_t i = 0; i < g.from.size(); ++i)
      t.set.emplace_back(f_.oldName(g.from[i], when), down[i]);
    t.when = allOf(empty);
    t.fillsKey = fillsKey(g.from, f_.from->primaryKey);
    return t;
  }

  // Before the row is there: what it is known by goes back to who writes it (RETURNING), too.
  bool fillsKey(const std::vector<std::string>& columns,
                const std::vector<std::string>& key) const {
    return c_.traits.triggersFillKeys && std::ranges::find_first_of(columns, key) != columns.end();
  }
  static bool looksUp(const Group& g) { return !g.lookedUpIn.empty(); }

  Context& c_;
  const TableForms& f_;
};

TriggerNodes addSyncTriggers(Context& c, const TableForms& f, const std::string& element,
                             const std::string& title, const std::vector<SyncTrigger>& before,
                             const std::vector<SyncTrigger>& after, size_t change, Span cause) {
  auto sql = [&](const std::vector<SyncTrigger>& list) {
    std::vector<catalog::Trigger> out;
    for (const auto& t : list) out.push_back({t.name, t.table, c.traits.syncTrigger(t)});
    return out;
  };
  const auto nodes =
      addTriggers(c, f, element, title, kSyncLife, sql(before), sql(after), change, cause);
  auto& duties = c.plan.duties.triggers;
  duties.insert(duties.end(), before.begin(), before.end());
  if (f.swaps()) duties.insert(duties.end(), after.begin(), after.end());
  return nodes;
}

std::vector<std::string> middleNames(const TableForms& f, const std::vector<std::string>& columns) {
  std::vector<std::string> out;
  for (const auto& name : columns) out.push_back(f.newName(name, When::before));
  return out;
}

void addGroup(Context& c, const TableForms& f, const Group& g) {
  const Sync sync(c, f);
  const auto& table = f.from->name;
  const auto element = table + "." + joined(g.to, ",");
  const auto to = middleNames(f, g.to);
  const auto title =
      fmt::format("{}: {} and {} {}", table, joined(g.inputs, ", "), joined(to, ", "),
                  g.down ? "kept in step" : "kept in step one way");
  const auto nodes = addSyncTriggers(c, f, element, title, sync.groupTriggers(g, When::before),
                                     sync.groupTriggers(g, When::after), g.change, g.cause);
  c.plan.duties.syncs.push_back({table, g.inputs, g.from, to, bool(g.down)});

  const auto s = groupSql(c, f, g, When::before, "");
  const auto pending = "NOT " + s.consistent;
  // What was looked up too early is in the form alone that goes with an undo.
  if (!g.lookedUpIn.empty())
    c.nodes[nodes.made].undoFirst.push_back(Verify{
        table, countRows(table, fmt::format("NOT ({}) AND {}", s.emptyTo, pending), c.traits),
        fmt::format("rows of {} where {} does not agree with {}", table, joined(g.inputs, ", "),
                    joined(to, ", "))});
  auto& fill = c.add(Transition::backfillRun, table, element,
                     fmt::format("{}: {} from {}", table, joined(to, ", "), joined(g.inputs, ", ")),
                     g.change, g.cause);
  // What it is looked up by may be filled in the same plan.
  if (const auto at = c.forms.find(g.lookedUpIn); at != c.forms.end())
    for (const auto& name : at->second->to->primaryKey)
      fill.needs.push_back("filled:" + at->second->from->name + "." +
                           at->second->newName(name, When::before));
  Backfill backfill{table, f.from->primaryKey, {}, pending};
  for (size_t i = 0; i < to.size(); ++i) {
    backfill.set.emplace_back(to[i], s.up[i]);
    fill.provides.push_back("filled:" + table + "." + to[i]);
  }
  fill.operations.push_back(std::move(backfill));
  addVerify(c, f, element, countRows(table, pending, c.traits),
            fmt::format("rows of {} where {} does not agree with {}", table, joined(to, ", "),
                        joined(g.inputs, ", ")),
            g.change, g.cause);
  addLoss(c, f, g);
  addUnseenChanges(c, f, g);
}

void addFill(Context& c, const TableForms& f, const Fill& fill) {
  const Sync sync(c, f);
  const auto& table = f.from->name;
  const auto column = f.newName(fill.column, When::before);
  const auto element = table + "." + fill.column;
  auto before = sync.fillTriggers(fill, When::before);
  if (!before.empty()) {
    addSyncTriggers(c, f, element + " fill",
                    fmt::format("{}.{} filled when a write leaves it empty", table, column), before,
                    sync.fillTriggers(fill, When::after), fill.change, fill.cause);
    c.plan.duties.syncs.push_back({table, {}, {}, {column}, false});
  }
  auto& node =
      c.add(Transition::backfillRun, table, element + " fill",
            fmt::format("{}.{} of rows that have none", table, column), fill.change, fill.cause);
  const auto value = fill.forRows(newColumns(c, f, When::before, ""));
  std::string pending = c.quote(column) + " IS NULL";
  if (fill.mayBeNull) pending += fmt::format(" AND ({}) IS NOT NULL", value);
  node.operations.push_back(
      Backfill{table, f.from->primaryKey, {{column, value}}, std::move(pending)});
  for (const auto& name : identifiersIn(value, c.traits))
    node.needs.push_back("filled:" + table + "." + name);
  if (f.findNew(fill.column)->group >= 0) {
    node.needs.push_back("filled:" + table + "." + column);
  } else {
    node.provides.push_back("filled:" + table + "." + column);
  }
}

}  // namespace

GroupSql groupSql(const Context& c, const TableForms& f, const Group& g, When when,
                  const std::string& prefix) {
  // The table that a value is looked up in may have a column of the same name.
  const bool looksUp = !g.lookedUpIn.empty();
  const auto row = looksUp && prefix.empty() ? c.quote(f.from->name) + "." : prefix;
  const auto old = oldColumns(c, f, when, row), fresh = newColumns(c, f, when, row);
  GroupSql s;
  for (const auto& name : g.to) s.to.push_back(fresh(name));
  for (const auto& name : g.from) s.from.push_back(old(name));
  s.up = looksUp ? lookedUp(c, f, g, true, when, row) : g.up(old);
  if (looksUp)
    s.down = lookedUp(c, f, g, false, when, row);
  else if (g.down)
    s.down = g.down(fresh);
  std::vector<std::string> empty, forth, back;
  for (size_t i = 0; i < s.to.size(); ++i) {
    empty.push_back(s.to[i] + " IS NULL");
    forth.push_back(c.traits.identical(newType(f, g.to[i]), s.to[i], s.up[i]));
  }
  s.emptyTo = allOf(empty);
  s.consistent = "(" + allOf(forth) + ")";
  for (size_t i = 0; i < s.down.size(); ++i)
    back.push_back(c.traits.identical(oldType(f, g.from[i]), s.from[i], s.down[i]));
  if (!back.empty()) {
    // An empty new form agrees with nothing but what `up` makes empty: NULL means "not written
    // yet".
    s.consistent = fmt::format("({} OR (NOT ({}) AND {}))", s.consistent, s.emptyTo, allOf(back));
  }
  return s;
}

ColumnSql oldColumns(const Context& c, const TableForms& f, When when, std::string prefix) {
  return [&c, &f, when, prefix = std::move(prefix)](const std::string& name) {
    return prefix + c.quote(f.oldName(name, when));
  };
}
ColumnSql newColumns(const Context& c, const TableForms& f, When when, std::string prefix) {
  return [&c, &f, when, prefix = std::move(prefix)](const std::string& name) {
    return prefix + c.quote(f.newName(name, when));
  };
}

ColumnSql effectiveColumns(const Context& c, const TableForms& f, When when, Event event) {
  return [&c, &f, when, event](const std::string& name) -> std::string {
    const auto fresh = newColumns(c, f, when, "NEW.");
    const auto* column = f.findNew(name);
    if (!column) return fresh(name);
    if (column->source == NewColumn::Source::computed ||
        (column->source == NewColumn::Source::kept && !column->column->generatedSql.empty())) {
      return "(" +
             substitute(column->column->generatedSql, c.traits,
                        effectiveColumns(c, f, when, event)) +
             ")";
    }
    std::string sql = fresh(name);
    if (column->group >= 0) {
      const auto& g = f.groups[static_cast<size_t>(column->group)];
      const auto s = groupSql(c, f, g, when, "NEW.");
      const auto at = static_cast<size_t>(std::find(g.to.begin(), g.to.end(), name) - g.to.begin());
      // On update never when this very write touches the new form. Where there is a way back both
      // forms agree after every finished write, so that disagreement means "not carried over yet",
      // also within the nested write of another group's trigger. Else disagreement is normal: then
      // the old form must have changed, or nothing be in the new one yet.
      auto oldWrote = event == Event::insert ? s.emptyTo : unchanged(c, f, g.to, when);
      if (event == Event::update && !g.down)
        oldWrote += fmt::format(" AND ({} OR ({}))", changedOld(c, f, g.inputs, when), s.emptyTo);
      sql = fmt::format("CASE WHEN {} AND NOT {} THEN {} ELSE {} END", oldWrote, s.consistent,
                        s.up[at], sql);
    }
    if (column->fill >= 0) {
      const auto& fill = f.fills[static_cast<size_t>(column->fill)];
      if (fill.forWrites) sql = fmt::format("COALESCE({}, {})", sql, fill.forWrites(fresh));
    }
    return sql;
  };
}

ColumnSql writtenColumns(const Context& c, const TableForms& f, When when, Form first) {
  return [&c, &f, when, first](const std::string& name) -> std::string {
    const auto old = oldColumns(c, f, when, "");
    const auto* column = f.findOld(name);
    if (!column || column->kept) return old(name);
    if (!column->column->generatedSql.empty())
      return "(" +
             substitute(column->column->generatedSql, c.traits, writtenColumns(c, f, when, first)) +
             ")";
    if (column->group < 0) return old(name);
    const auto& g = f.groups[static_cast<size_t>(column->group)];
    const auto at = std::find(g.from.begin(), g.from.end(), name) - g.from.begin();
    if (!g.down || static_cast<size_t>(at) == g.from.size()) return old(name);
    const auto s = groupSql(c, f, g, when, "");
    const auto& down = s.down[static_cast<size_t>(at)];
    // Where both forms agree, the old one is what it always was.
    if (first == Form::fresh)
      return fmt::format("CASE WHEN {} OR {} THEN {} ELSE {} END", s.emptyTo, s.consistent,
                         old(name), down);
    std::vector<std::string> empty;
    for (const auto& from : s.from) empty.push_back(from + " IS NULL");
    return fmt::format("CASE WHEN {} THEN {} ELSE {} END", allOf(empty), down, old(name));
  };
}

TriggerNodes addTriggers(Context& c, const TableForms& f, const std::string& element,
                         const std::string& title, const TriggerLife& life,
                         const std::vector<catalog::Trigger>& before,
                         const std::vector<catalog::Trigger>& after, size_t change, Span cause) {
  const auto with = [&](Transition t, const std::string& text) -> Node& {
    return c.add(t, f.from->name, element, text, change, cause);
  };
  TriggerNodes nodes{c.nodes.size(), 0};
  auto& made = with(life.create, title);
  for (const auto& t : before) made.operations.push_back(CreateTrigger{t});
  if (f.swaps()) {
    auto& away = with(life.suspend, title + ", away");
    for (const auto& t : before) away.operations.push_back(DropTrigger{t});
    auto& back = with(life.resume, title + ", over the swapped names");
    for (const auto& t : after) back.operations.push_back(CreateTrigger{t});
  }
  nodes.gone = c.nodes.size();
  auto& gone = with(life.drop, title + " goes");
  for (const auto& t : f.swaps() ? after : before) gone.operations.push_back(DropTrigger{t});
  return nodes;
}

void addVerify(Context& c, const TableForms& f, std::string element, std::string countSql,
               std::string message, size_t change, Span cause) {
  auto& node =
      c.add(Transition::verify, f.from->name, std::move(element), "no " + message, change, cause);
  node.operations.push_back(Verify{f.from->name, std::move(countSql), std::move(message)});
}

void addSync(Context& c, const TableForms& f) {
  for (const auto& group : f.groups) addGroup(c, f, group);
  for (const auto& fill : f.fills) addFill(c, f, fill);
}

namespace {

// A required column will be empty. One that is looked up has a value if the other form has: a guard
// does not look for it, for it has no more rights than who writes.
std::string missing(const Context& c, const TableForms& f, const std::string& name, When when,
                    Event event) {
  const auto* column = f.findNew(name);
  const auto* g =
      column && column->group >= 0 ? &f.groups[static_cast<size_t>(column->group)] : nullptr;
  if (!g || g->lookedUpIn.empty()) return effectiveColumns(c, f, when, event)(name) + " IS NULL";
  const auto old = oldColumns(c, f, when, "NEW.");
  std::string out;
  for (const auto& from : g->from)
    out += fmt::format("{}{} IS NULL", out.empty() ? "" : " OR ", old(from));
  if (event == Event::update) out += " OR NOT (" + unchanged(c, f, g->to, when) + ")";
  return fmt::format("{} IS NULL AND ({})", newColumns(c, f, when, "NEW.")(name), out);
}

}  // namespace

void addGuard(Context& c, const TableForms& f, const std::string& name, const std::string& subject,
              bool subjectIsCheck, const std::string& what, size_t change, Span cause) {
  auto make = [&](When when) {
    std::vector<catalog::GuardTrigger> out;
    for (auto [event, kind, suffix] :
         {std::tuple(Event::insert, SyncTrigger::Event::insert, "insert"),
          std::tuple(Event::update, SyncTrigger::Event::update, "update")}) {
      catalog::GuardTrigger t;
      t.name = catalog::derivedName("cambium_guard", {f.from->name, name, suffix},
                                    c.traits.maxIdentifierBytes);
      t.table = f.from->name;
      t.event = kind;
      const auto effective = effectiveColumns(c, f, when, event);
      t.violated = subjectIsCheck ? "NOT (" + substitute(subject, c.traits, effective) + ")"
                                  : missing(c, f, subject, when, event);
      // Only a write that changes what the guard is about can be at fault: the triggers of one
      // group write to the row before those of another have filled theirs.
      if (event == Event::update) {
        std::string changed;
        const auto fresh = newColumns(c, f, when, "NEW."), was = newColumns(c, f, when, "OLD.");
        const auto columns =
            subjectIsCheck ? identifiersIn(subject, c.traits) : std::vector<std::string>{subject};
        for (const auto& column : columns) {
          changed += (changed.empty() ? "NOT (" : " OR NOT (") +
                     c.traits.identical(newType(f, column), fresh(column), was(column)) + ")";
        }
        if (!changed.empty()) t.violated = "(" + changed + ") AND (" + t.violated + ")";
      }
      t.message = what;
      const auto own = subjectIsCheck ? substitute(subject, c.traits, newColumns(c, f, when, ""))
                                      : f.newName(subject, when);
      c.plan.duties.guards.push_back({own, t});
      out.push_back(std::move(t));
    }
    return out;
  };
  auto sql = [&](const std::vector<catalog::GuardTrigger>& list) {
    std::vector<catalog::Trigger> out;
    for (const auto& t : list) out.push_back({t.name, t.table, c.traits.guardTrigger(t)});
    return out;
  };
  const auto before = make(When::before);
  const auto after = f.swaps() ? make(When::after) : before;
  addTriggers(c, f, f.from->name + "." + name, "guard: " + what, kGuardLife, sql(before),
              sql(after), change, cause);
}

void addFace(Context& c, const TableForms& f) {
  if (!f.renamed()) return;
  auto make = [&](When when) {
    catalog::Face face{f.to->name, f.from->name, f.oldKey(when), {}, {}, {}};
    for (const auto& column : f.fresh) {
      face.columns.emplace_back(column.column->name, f.newName(column.column->name, when));
      if (!column.column->generatedSql.empty()) face.generated.push_back(column.column->name);
      if (!column.column->defaultSql.empty())
        face.defaults.emplace_back(column.column->name, column.column->defaultSql);
    }
    return face;
  };
  const auto& causes = c.causes.entityTo[f.newEntity.index()];
  const size_t change = pickChange<diff::RenameEntity>(c.changes, causes);
  Span cause = c.b()[f.newEntity].span;
  if (c.changes.migration) {
    for (const auto& rule : c.changes.migration->renames) {
      if (rule.from.property.empty() && rule.from.entity == c.a()[f.oldEntity].name)
        cause = rule.span;
    }
  }
  auto create = [&](const catalog::Face& face) {
    std::vector<Operation> out{CreateView{{face.name, c.traits.faceView(face), f.to->grants}}};
    for (auto& [name, sql] : c.traits.faceTriggers(face))
      out.push_back(CreateTrigger{{name, face.name, sql}});
    return out;
  };
  auto remove = [&](const catalog::Face& face) {
    std::vector<Operation> out;
    for (const auto& op : create(face)) out.insert(out.begin(), *inverse(op));
    return out;
  };
  const auto before = make(When::before), after = make(When::after);
  const auto& table = f.from->name;
  c.add(Transition::faceCreate, table, f.to->name,
        fmt::format("{} under its new name {}", table, f.to->name), change, cause)
      .operations = create(before);
  c.plan.duties.faces.push_back(before);
  if (f.swaps()) {
    c.plan.duties.faces.push_back(after);
    c.add(Transition::faceSuspend, table, f.to->name, f.to->name + ", away", change, cause)
        .operations = remove(before);
    c.add(Transition::faceResume, table, f.to->name, f.to->name + " over the swapped names", change,
          cause)
        .operations = create(after);
  }
  c.add(Transition::faceDrop, table, f.to->name, f.to->name + " as a view goes", change, cause)
      .operations = remove(f.swaps() ? after : before);
  c.add(Transition::tableRename, table, f.to->name, fmt::format("{} -> {}", table, f.to->name),
        change, cause)
      .operations = {RenameTable{table, f.to->name}};
}

}  // namespace cambium::plan
