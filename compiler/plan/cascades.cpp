// What foreign keys do to rows by themselves, while another form of these rows is kept in step.
// Where that sets off no trigger, triggers of the table that is referred to do it before the
// foreign key would: by a statement, of which the triggers of the rows learn. Where they cannot,
// the rows are counted before the old form goes.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "compiler/catalog/names.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::CascadeSync;
using catalog::ForeignKey;
using Action = CascadeSync::Action;

// No server goes further: a foreign key at the end of more of them changes nothing.
constexpr unsigned kDeepest = 15;

bool overlap(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::find_first_of(a, b) != a.end();
}

// ---- rows that say the same in two forms

// The reference over one of these columns that changes it by itself when the row it leads to goes
// or gets another key; null = none.
const ForeignKey* actingOn(const catalog::Table& table, const std::vector<std::string>& columns) {
  const auto changes = [](const std::string& action) {
    return action == "SET NULL" || action == "SET DEFAULT";
  };
  for (const auto& fk : table.foreignKeys) {
    const bool acts = changes(fk.onDelete) || changes(fk.onUpdate) || fk.onUpdate == "CASCADE";
    if (acts && overlap(fk.columns, columns)) return &fk;
  }
  return nullptr;
}

Watched watchedForm(const Context& c, const TableForms& f, const Group& g, bool old) {
  const auto name = [&](const std::string& column, bool ofOld, When when) {
    return ofOld ? f.oldName(column, when) : f.newName(column, when);
  };
  const auto follow = [&](When when) {
    const auto s = groupSql(c, f, g, when, "");
    Watched::Follow out{{}, "NOT " + s.consistent};
    const auto &other = old ? g.to : g.from, &values = old ? s.up : s.down;
    for (size_t i = 0; i < other.size(); ++i)
      out.set.emplace_back(name(other[i], !old, when), values[i]);
    return out;
  };
  Watched out{.table = f.from->name, .before = {}, .after = {}};
  for (const auto& column : old ? g.inputs : g.to) {
    out.before.push_back(name(column, old, When::before));
    out.after.push_back(name(column, old, When::after));
  }
  out.followBefore = follow(When::before);
  out.followAfter = follow(When::after);
  out.change = g.change;
  out.cause = g.cause;
  return out;
}

// ---- foreign keys of both versions

struct Edge {
  std::string rows;  // the table that refers, by its old name
  std::vector<std::string> columns;
  std::string table;             // the table referred to, by its old name
  std::vector<std::string> key;  // its columns
  std::string onDelete, onUpdate;
  std::vector<std::string> first;  // `columns`, as they were called before the switch
};

class Cascades {
public:
  explicit Cascades(Context& c) : c_(c) {
    collect();
    swapped_ = edges_;
    exchange();
  }

  void run() {
    for (const When when : {When::before, When::after}) {
      when_ = when;
      for (const auto& watched : c_.watched) watch(watched);
    }
    for (const auto& [table, triggers] : made_) addNodes(table, triggers);
    for (auto& [of, duty] : duties_) c_.plan.duties.cascades.push_back(std::move(duty));
  }

private:
  struct Made {
    std::vector<catalog::Trigger> before, after;
    std::set<std::string> rows;
    size_t change = Node::kNoChange;
    Span cause;
  };

  const std::vector<Edge>& edges() const { return when_ == When::before ? edges_ : swapped_; }

  Edge edgeOf(const std::string& rows, const ForeignKey& fk) const {
    return {rows,        fk.columns, c_.tableBefore(fk.table), fk.tableColumns, fk.onDelete,
            fk.onUpdate, fk.columns};
  }

  // From expand until the switch.
  void collect() {
    for (const auto& table : c_.plan.before.tables)
      for (const auto& fk : table.foreignKeys) edges_.push_back(edgeOf(table.name, fk));
    for (const auto& node : c_.nodes) {
      if (info(node.transition).phase != Phase::expand) continue;
      for (const auto& op : node.operations) {
        if (const auto* add = std::get_if<AddColumn>(&op); add && add->foreignKey)
          edges_.push_back(edgeOf(add->table, *add->foreignKey));
        if (const auto* add = std::get_if<AddForeignKey>(&op))
          edges_.push_back(edgeOf(add->table, add->foreignKey));
        if (const auto* create = std::get_if<CreateTable>(&op))
          for (const auto& fk : create->table.foreignKeys)
            edges_.push_back(edgeOf(create->table.name, fk));
      }
    }
  }

  // From the switch until contract.
  void exchange() {
    for (const auto& node : c_.nodes) {
      if (node.transition != Transition::namesSwap) continue;
      for (const auto& op : node.operations)
        if (const auto* rename = std::get_if<RenameColumn>(&op)) swap(*rename);
    }
    for (const auto& node : c_.nodes) {
      if (node.transition != Transition::foreignKeyExchange) continue;
      for (const auto& op : node.operations) {
        if (const auto* drop = std::get_if<DropForeignKey>(&op))
          std::erase_if(swapped_, [&](const Edge& e) {
            return e.rows == drop->table && e.columns == drop->foreignKey.columns;
          });
        if (const auto* add = std::get_if<AddForeignKey>(&op)) {
          auto& edge = swapped_.emplace_back(edgeOf(add->table, add->foreignKey));
          for (auto& name : edge.first)
            if (const auto was = first_.find({edge.rows, name}); was != first_.end())
              name = was->second;
        }
      }
    }
  }
  void swap(const RenameColumn& rename) {
    for (auto& edge : swapped_) {
      if (edge.rows == rename.table) std::ranges::replace(edge.columns, rename.from, rename.to);
      if (edge.table == rename.table) std::ranges::replace(edge.key, rename.from, rename.to);
    }
    const auto was = first_.find({rename.table, rename.from});
    const auto first = was == first_.end() ? rename.from : was->second;
    first_.erase({rename.table, rename.from});
    first_[{rename.table, rename.to}] = first;
  }

  // ---- who must learn of what
  void watch(const Watched& watched) {
    const auto& columns = when_ == When::before ? watched.before : watched.after;
    for (const auto& edge : edges()) {
      if (edge.rows != watched.table || (watched.rows && edge.columns == watched.owner)) continue;
      const bool touches = overlap(edge.columns, columns);
      const bool removes = watched.rows && edge.onDelete == "CASCADE";
      const bool empties = touches && edge.onDelete == "SET NULL";
      const bool changes = touches && (edge.onUpdate == "CASCADE" || edge.onUpdate == "SET NULL");
      if (!removes && !empties && !changes) continue;
      auto& duty = duties_[{edge.rows, edge.first}];
      duty.rows = edge.rows;
      duty.table = edge.table;
      duty.columns = edge.first;
      if (removes || empties) goes(edge, removes ? Action::remove : Action::empty, watched, duty);
      if (changes && edge.onUpdate == "CASCADE") follows(edge, watched, duty);
    }
  }

  // A table's own trigger may not write it, and one that stands on a table speaks of it by names
  // that must stay until the trigger goes.
  bool reaches(const Edge& edge) const {
    if (edge.table == edge.rows || c_.newTableOf.contains(edge.table)) return false;
    const auto forms = c_.forms.find(edge.table);
    return forms == c_.forms.end() || std::ranges::all_of(edge.key, [&](const auto& name) {
             const auto* column = forms->second->findOld(name);
             return column && column->kept && column->after == name;
           });
  }

  // Also where the row that is referred to goes by way of a foreign key, for that sets off none of
  // its triggers either.
  void goes(const Edge& edge, Action action, const Watched& watched, CascadeDuty& duty,
            unsigned depth = 1) {
    if (depth > kDeepest || !reaches(edge)) return;
    CascadeSync sync = syncOf(edge, action, "delete");
    sync.refused = refusal(edge.table, "OLD.", 1);
    if (!make(sync, watched, duty)) return;
    for (const auto& above : edges())
      if (above.rows == edge.table && above.onDelete == "CASCADE")
        goes(above, Action::remove, watched, duty, depth + 1);
  }

  void follows(const Edge& edge, const Watched& watched, CascadeDuty& duty, unsigned depth = 1) {
    if (depth > kDeepest) return;
    const auto& follow = when_ == When::before ? watched.followBefore : watched.followAfter;
    if (reaches(edge)) {
      const auto& set = watched.followBefore.set;
      CascadeSync sync =
          syncOf(edge, Action::follow, set.empty() ? "update" : set.front().first + "_update");
      sync.set = follow.set;
      sync.pending = follow.pending;
      if (!make(sync, watched, duty)) return;
    }
    // What the row that is referred to has followed itself.
    for (const auto& above : edges()) {
      if (above.rows != edge.table || above.onUpdate != "CASCADE" || above.table == above.rows)
        continue;
      Edge through{edge.rows, {}, above.table, {}, {}, {}, edge.first};
      for (size_t i = 0; i < edge.key.size(); ++i) {
        const auto at = std::ranges::find(above.columns, edge.key[i]) - above.columns.begin();
        if (static_cast<size_t>(at) == above.columns.size()) continue;
        through.columns.push_back(edge.columns[i]);
        through.key.push_back(above.key[static_cast<size_t>(at)]);
      }
      if (!through.columns.empty() && through.table != edge.table)
        follows(through, watched, duty, depth + 1);
    }
  }

  CascadeSync syncOf(const Edge& edge, Action action, const std::string& what) const {
    std::vector<std::string> parts{edge.table, edge.rows};
    parts.insert(parts.end(), edge.first.begin(), edge.first.end());
    parts.push_back(what);
    CascadeSync sync;
    sync.name = catalog::derivedName("cambium_cascade", parts, c_.traits.maxIdentifierBytes);
    sync.table = edge.table;
    sync.key = edge.key;
    sync.rows = edge.rows;
    sync.columns = edge.columns;
    sync.action = action;
    return sync;
  }

  // True of a row of `table` that a foreign key does not let go, or one of those that would go with
  // it. Also where only the row itself is what refers to it: InnoDB does not let it go either.
  std::string refusal(const std::string& table, const std::string& row, unsigned depth) const {
    std::string out;
    if (depth > kDeepest) return out;
    for (const auto& edge : edges()) {
      if (edge.table != table) continue;
      const auto t = fmt::format("t{}", depth);
      std::string refers;
      for (size_t i = 0; i < edge.columns.size(); ++i)
        refers += fmt::format("{}{}.{} = {}{}", i ? " AND " : "", t, c_.quote(edge.columns[i]), row,
                              c_.quote(edge.key[i]));
      if (edge.onDelete == "CASCADE") {
        const auto further =
            edge.rows == table ? std::string() : refusal(edge.rows, t + ".", depth + 1);
        if (further.empty()) continue;
        refers += " AND (" + further + ")";
      } else if (edge.onDelete == "SET NULL" || edge.onDelete == "SET DEFAULT") {
        continue;
      }
      out += fmt::format("{}EXISTS (SELECT 1 FROM {} AS {} WHERE {}{})", out.empty() ? "" : " OR ",
                         c_.quote(edge.rows), t, refers, c_.traits.currentRead);
    }
    return out;
  }

  // False: it was there.
  bool make(const CascadeSync& sync, const Watched& watched, CascadeDuty& duty) {
    auto& made = made_[sync.table];
    const bool before = when_ == When::before;
    const auto put = [&](std::vector<catalog::Trigger>& list) {
      const bool fresh = std::ranges::find(list, sync.name, &catalog::Trigger::name) == list.end();
      if (fresh) list.push_back(c_.traits.cascadeTrigger(sync));
      return fresh;
    };
    put(before ? made.before : made.after);
    made.rows.insert(sync.rows);
    if (made.change == Node::kNoChange) {
      made.change = watched.change;
      made.cause = watched.cause;
    }
    return put(before ? duty.before : duty.after);
  }

  void addNodes(const std::string& table, const Made& made) {
    const auto title =
        fmt::format("{}: what foreign keys do to {} kept in step", table,
                    joined(std::vector<std::string>(made.rows.begin(), made.rows.end()), ", "));
    const auto add = [&](Transition t, const char* how,
                         const std::vector<catalog::Trigger>& triggers, bool come) {
      if (triggers.empty()) return;
      // Not of the table itself, which contracts without them.
      auto& node = c_.add(t, "", table + " cascades", title + how, made.change, made.cause);
      for (const auto& trigger : triggers)
        node.operations.push_back(come ? Operation(CreateTrigger{trigger})
                                       : Operation(DropTrigger{trigger}));
    };
    add(Transition::cascadeCreate, "", made.before, true);
    if (made.before != made.after) {
      add(Transition::cascadeSuspend, ", away", made.before, false);
      add(Transition::cascadeResume, ", over the swapped names", made.after, true);
    }
    add(Transition::cascadeDrop, " goes", made.after, false);
  }

  Context& c_;
  std::vector<Edge> edges_, swapped_;  // until the switch, and from then on
  std::map<std::pair<std::string, std::string>, std::string> first_;  // by table and name after it
  When when_ = When::before;
  std::map<std::string, Made> made_;
  std::map<std::pair<std::string, std::vector<std::string>>, CascadeDuty> duties_;
};

}  // namespace

// One form changes and the other does not, unless both are references that do the same. What no
// trigger has carried over nobody but the rows can say; the old form goes with the last chance to
// ask them.
void addUnseenChanges(Context& c, const TableForms& f, const Group& g) {
  const bool looksUp = !g.lookedUpIn.empty();
  if (c.traits.cascadesSetOffTriggers && !looksUp) return;
  const auto* was = actingOn(*f.from, g.inputs);
  const auto* is = actingOn(*f.to, g.to);
  const bool alike = was && is && g.identity && was->table == is->table &&
                     was->onDelete == is->onDelete && was->onUpdate == is->onUpdate;
  if (!looksUp && ((!was && !is) || alike)) return;
  const auto& table = f.from->name;
  if (!looksUp) {
    c.watched.push_back(watchedForm(c, f, g, true));
    if (g.down) c.watched.push_back(watchedForm(c, f, g, false));
  }
  std::vector<std::string> old, fresh;
  for (const auto& name : g.inputs) old.push_back(f.oldName(name, When::after));
  for (const auto& name : g.to) fresh.push_back(f.newName(name, When::after));
  const auto said = fmt::format("rows of {} where {} does not agree with {}", table,
                                joined(fresh, ", "), joined(old, ", "));
  auto& node = c.add(Transition::verifyLoss, table, table + "." + joined(g.to, ",") + " cascades",
                     "no " + said, g.change, g.cause);
  node.operations.push_back(Verify{
      table, countRows(table, "NOT " + groupSql(c, f, g, When::after, "").consistent, c.traits),
      said,
      looksUp
          ? fmt::format("an application may not have seen the row that it referred to: give {} "
                        "the key of that row",
                        joined(fresh, ", "))
          : fmt::format("a reference has set {} by itself, which this database tells no trigger: "
                        "give the other the value that it stands for",
                        joined((was ? was : is)->columns, ", "))});
}

void addCascades(Context& c) {
  if (c.traits.cascadeTrigger && !c.watched.empty()) Cascades(c).run();
}

}  // namespace cambium::plan
