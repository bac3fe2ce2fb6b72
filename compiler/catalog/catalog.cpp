#include "compiler/catalog/catalog.h"

#include <algorithm>
#include <utility>

namespace cambium::catalog {

namespace {

template <class List>
auto lowerBound(List& list, std::string_view name) {
  return std::lower_bound(list.begin(), list.end(), name,
                          [](const auto& item, std::string_view n) { return item.name < n; });
}

template <class List>
auto* findIn(List& list, std::string_view name) {
  const auto at = lowerBound(list, name);
  return at != list.end() && at->name == name ? &*at : nullptr;
}

template <class T>
void putIn(std::vector<T>& list, T item) {
  const auto at = lowerBound(list, item.name);
  if (at != list.end() && at->name == item.name)
    *at = std::move(item);
  else
    list.insert(at, std::move(item));
}

template <class T>
bool dropFrom(std::vector<T>& list, std::string_view name) {
  const auto at = lowerBound(list, name);
  if (at == list.end() || at->name != name) return false;
  list.erase(at);
  return true;
}

}  // namespace

bool Index::isUsual() const {
  return method.empty() &&
         std::ranges::all_of(parts, [](const IndexPart& part) { return part.native.empty(); });
}

const Column* Table::findColumn(std::string_view wanted) const {
  for (const Column& column : columns)
    if (column.name == wanted) return &column;
  return nullptr;
}

Column* Table::findColumn(std::string_view wanted) {
  return const_cast<Column*>(std::as_const(*this).findColumn(wanted));
}

const Table* Catalog::findTable(std::string_view name) const {
  const auto at = tables.find(name);
  return at == tables.end() ? nullptr : &*at;
}
Table* Catalog::findTable(std::string_view name) {
  return const_cast<Table*>(std::as_const(*this).findTable(name));
}
const View* Catalog::findView(std::string_view name) const {
  return findIn(views, name);
}
const Trigger* Catalog::findTrigger(std::string_view name) const {
  const auto at = triggers.find(name);
  return at == triggers.end() ? nullptr : &*at;
}

std::vector<Row> Catalog::rowsOf(const std::string& table) const {
  std::vector<Row> out;
  for (auto at = rows.lower_bound(Row{table, {}, {}, {}}); at != rows.end() && at->table == table;
       ++at)
    out.push_back(*at);
  return out;
}

void Catalog::changeReferences(std::string_view table,
                               const std::function<void(ForeignKey&)>& change) {
  for (const Table& other : tables)
    for (const ForeignKey& fk : other.foreignKeys)
      if (fk.table == table) change(const_cast<ForeignKey&>(fk));  // no part of the order
}

void Catalog::put(Table table) {
  dropTable(table.name);
  tables.insert(std::move(table));
}
void Catalog::put(View view) {
  putIn(views, std::move(view));
}
void Catalog::put(Trigger trigger) {
  dropTrigger(trigger.name);
  triggers.insert(std::move(trigger));
}
void Catalog::put(Opaque object) {
  // One name may stand for objects of several kinds.
  const auto key = [](const Opaque& o) { return std::pair(o.name, o.kind); };
  const auto at =
      std::lower_bound(opaque.begin(), opaque.end(), object,
                       [&](const Opaque& a, const Opaque& b) { return key(a) < key(b); });
  if (at != opaque.end() && key(*at) == key(object))
    *at = std::move(object);
  else
    opaque.insert(at, std::move(object));
}

bool Catalog::dropTable(std::string_view name) {
  const auto at = tables.find(name);
  if (at == tables.end()) return false;
  tables.erase(at);
  return true;
}
bool Catalog::dropView(std::string_view name) {
  return dropFrom(views, name);
}
bool Catalog::dropTrigger(std::string_view name) {
  const auto at = triggers.find(name);
  if (at == triggers.end()) return false;
  triggers.erase(at);
  return true;
}

}  // namespace cambium::catalog
