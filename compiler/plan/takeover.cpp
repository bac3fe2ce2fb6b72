#include "compiler/plan/takeover.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/lower.h"
#include "compiler/catalog/sql.h"

namespace cambium::plan {
namespace {

using catalog::Traits;

constexpr std::string_view kAside = "cambium_gone";

// Where the name of the table stands in the head of a trigger.
std::string headOf(const std::string& table, const Traits& traits) {
  return fmt::format(" ON {}\nFOR EACH ROW\n", traits.quote(table));
}

std::string asideName(const std::string& name, const Traits& traits) {
  return catalog::derivedName(kAside, {name}, traits.maxIdentifierBytes);
}

// The view under the name that it has meanwhile.
std::optional<catalog::View> aside(const catalog::View& view, const Traits& traits) {
  const std::string head = fmt::format("CREATE VIEW {} AS", traits.quote(view.name));
  if (!view.sql.starts_with(head)) return std::nullopt;
  catalog::View out = view;
  out.name = asideName(view.name, traits);
  out.sql =
      fmt::format("CREATE VIEW {} AS{}", traits.quote(out.name), view.sql.substr(head.size()));
  return out;
}

// A server may compare names without their case.
bool isEarlier(std::string a, std::string b) {
  const bool asTheyAre = a < b;
  for (auto* name : {&a, &b})
    for (char& letter : *name)
      if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return asTheyAre && a < b;
}

// A face over the same columns of the same table, which keep their names in it. Nothing: the view
// is not one.
std::vector<std::pair<std::string, std::string>> columnsUnder(const catalog::View& face,
                                                              const Traits& traits) {
  std::vector<std::pair<std::string, std::string>> out;
  const std::string own = traits.quote("t0") + ".", as = " AS ";
  for (size_t at = face.sql.find(own); at != std::string::npos; at = face.sql.find(own, at)) {
    at += own.size();
    const size_t end = face.sql.find(as, at);
    if (end == std::string::npos) return {};
    const auto column = face.sql.substr(at, end - at);
    if (column.size() < 3 || column != traits.quote(column.substr(1, column.size() - 2))) return {};
    const auto name = column.substr(1, column.size() - 2);
    out.emplace_back(name, name);
    at = end;
  }
  return out;
}

// The table's name comes before that of the view.
struct Detour {
  std::vector<Operation> before;  // under a name that comes later, and the new one from there
  std::vector<Operation> after;   // what stood for it goes
};
std::optional<Detour> detour(const RenameTable& rename, const catalog::View& face,
                             const Traits& traits, const catalog::Catalog& later) {
  const std::string meanwhile = rename.to + "__new";
  const auto columns = columnsUnder(face, traits);
  if (columns.empty() || meanwhile.size() > traits.maxIdentifierBytes ||
      later.findTable(meanwhile) || later.findView(meanwhile))
    return std::nullopt;
  const auto over = [&](const std::string& name, const std::string& table) {
    return catalog::View{name, traits.faceView({name, table, {}, columns, {}, {}})};
  };
  // What is read by a name can be made over one that is there alone.
  const auto early = over(meanwhile, rename.from);
  const auto standing = over(asideName(rename.from, traits), meanwhile);
  const auto old = over(rename.from, meanwhile);
  const auto earlyGone = aside(early, traits), faceGone = aside(face, traits);
  if (!earlyGone || !faceGone) return std::nullopt;
  return Detour{
      {CreateView{early}, CreateView{standing},
       // One statement. The face is the same before and after it.
       CreateView{*earlyGone}, DropView{early}, DropView{face}, RenameTable{rename.from, meanwhile},
       DropView{standing}, CreateView{old}, CreateView{face},
       // One statement.
       CreateView{*faceGone}, DropView{face}, DropView{old}, RenameTable{meanwhile, rename.to},
       CreateView{old}},
      {DropView{*faceGone}, DropView{old}, DropView{*earlyGone}}};
}

// A trigger that can be renamed with its table: nothing behind its head speaks of it.
std::optional<Operation> laterDrop(const Operation& operation, const RenameTable& rename,
                                   const Traits& traits) {
  const auto* drop = std::get_if<DropTrigger>(&operation);
  if (!drop || drop->trigger.table != rename.from) return std::nullopt;
  const std::string& sql = drop->trigger.sql;
  const std::string head = headOf(rename.from, traits);
  const size_t at = sql.find(head);
  if (at == std::string::npos ||
      catalog::mentionsTable(sql.substr(at + head.size()), rename.from, traits))
    return std::nullopt;
  auto renamed = renamedTable(drop->trigger, rename.to, traits);
  if (!renamed) return std::nullopt;
  return DropTrigger{std::move(*renamed)};
}

// What may be done while the triggers are still there.
bool besideTriggers(const Operation& operation) {
  return std::holds_alternative<Verify>(operation) || std::holds_alternative<DropView>(operation) ||
         std::holds_alternative<DropTrigger>(operation);
}

}  // namespace

std::vector<Operation> takingOver(std::vector<Operation> operations, const Traits& traits,
                                  const catalog::Catalog& later) {
  for (size_t at = 0; at < operations.size(); ++at) {
    const auto* found = std::get_if<RenameTable>(&operations[at]);
    if (!found) continue;
    const RenameTable rename = *found;
    const auto begin = operations.begin();
    const auto here = begin + static_cast<std::ptrdiff_t>(at);
    const auto face = std::find_if(begin, here, [&](const Operation& op) {
      const auto* drop = std::get_if<DropView>(&op);
      return drop && drop->view.name == rename.to;
    });
    if (face == here) continue;
    const catalog::View view = std::get<DropView>(*face).view;
    const auto gone = aside(view, traits);
    if (!gone) continue;

    // Triggers that cannot follow go first, and then all of them: they go under one lock.
    bool follow = std::all_of(begin, here, besideTriggers);
    for (auto op = begin; op != here && follow; ++op)
      if (const auto* drop = std::get_if<DropTrigger>(&*op);
          drop && drop->trigger.table == rename.from)
        follow = laterDrop(*op, rename, traits).has_value();

    std::vector<Operation> out, triggers;
    for (auto op = begin; op != here; ++op) {
      if (op == face) continue;
      auto behind = follow ? laterDrop(*op, rename, traits) : std::nullopt;
      if (behind)
        triggers.push_back(std::move(*behind));
      else
        out.push_back(*op);
    }
    std::optional<Detour> way;
    if (!isEarlier(rename.to, rename.from)) way = detour(rename, view, traits, later);
    if (way) {
      out.insert(out.end(), way->before.begin(), way->before.end());
      out.insert(out.end(), way->after.begin(), way->after.end());
    } else {
      out.insert(out.end(), {CreateView{*gone}, DropView{view}, rename, DropView{*gone}});
    }
    const size_t next = out.size();
    out.insert(out.end(), triggers.begin(), triggers.end());
    out.insert(out.end(), here + 1, operations.end());
    operations = std::move(out);
    at = next - 1;
  }
  return operations;
}

bool stepsAside(std::string_view view) {
  return view.starts_with(kAside);
}

std::optional<TakeOver> takeOverAt(const std::vector<Operation>& operations, size_t at) {
  const auto* aside = std::get_if<CreateView>(&operations[at]);
  if (!aside || !stepsAside(aside->view.name)) return std::nullopt;
  size_t i = at + 1;
  while (i < operations.size() && std::holds_alternative<DropView>(operations[i])) ++i;
  const size_t leave = i - at - 1;
  const auto* rename = i < operations.size() ? std::get_if<RenameTable>(&operations[i]) : nullptr;
  if (!rename || leave == 0 || leave > 2) return std::nullopt;
  const auto& first = std::get<DropView>(operations[at + 1]).view.name;
  if (first != rename->to) return std::nullopt;
  TakeOver out{{{first, aside->view.name}, {rename->from, rename->to}}, i + 1 - at};
  if (leave == 1) return out;
  // Views are made again behind it; one of them under the name that the table had.
  if (const auto* standing =
          i + 3 < operations.size() ? std::get_if<DropView>(&operations[i + 1]) : nullptr) {
    out.renames.emplace_back(standing->view.name, rename->from);
    out.operations += 3;
  } else {
    out.operations += 1;
  }
  return out;
}

std::optional<catalog::Trigger> renamedTable(catalog::Trigger trigger, const std::string& to,
                                             const Traits& traits) {
  const std::string head = headOf(trigger.table, traits);
  const size_t at = trigger.sql.find(head);
  if (at == std::string::npos) return std::nullopt;
  trigger.sql.replace(at, head.size(), headOf(to, traits));
  trigger.table = to;
  return trigger;
}

}  // namespace cambium::plan
