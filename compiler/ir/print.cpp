#include "compiler/ir/print.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/core.h>

namespace cambium::ir {
namespace {

bool isPlainName(std::string_view text) {
  constexpr std::array<std::string_view, 9> reserved = {"true", "false", "null", "and", "or",
                                                        "not",  "in",    "is",   "case"};
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text[0]) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); }) &&
         std::ranges::find(reserved, text) == reserved.end();
}

std::string name(std::string_view text) {
  return isPlainName(text) ? std::string(text) : "`" + std::string(text) + "`";
}

// Where a type is expected these two words begin something else.
std::string typeName(std::string_view text) {
  return text == "ref" || text == "many" ? "`" + std::string(text) + "`" : name(text);
}

std::string_view lastPart(std::string_view qualified) {
  const size_t dot = qualified.rfind('.');
  return dot == qualified.npos ? qualified : qualified.substr(dot + 1);
}

// Characters that are not shown, or turn the text around them, may stand in a string only as
// escapes. Returns their number of bytes, 0 = any other.
size_t invisible(std::string_view rest, unsigned& point) {
  const auto byte = [&](size_t i) {
    return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0u;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return point = byte(0), 1;
  if (byte(0) == 0xC2 && byte(1) < 0xA0) return point = byte(1), 2;
  if ((byte(0) != 0xE2 && byte(0) != 0xEF) || rest.size() < 3) return 0;
  point = (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  const bool hidden = (point >= 0x200B && point <= 0x200F) ||
                      (point >= 0x2028 && point <= 0x202E) ||
                      (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF;
  return hidden ? 3 : 0;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    unsigned point = 0;
    const char c = text[i];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
      ++i;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
      ++i;
    } else if (const size_t bytes = invisible(text.substr(i), point)) {
      out += fmt::format("\\u{{{:X}}}", point);
      i += bytes;
    } else {
      out += c;
      ++i;
    }
  }
  return out + '"';
}

std::string_view spelling(RefAction action) {
  switch (action) {
    case RefAction::restrict: return "restrict";
    case RefAction::cascade: return "cascade";
    case RefAction::setNull: return "set null";
    case RefAction::setDefault: return "set default";
    case RefAction::noAction: return "no action";
  }
  return "";
}

class Source {
public:
  explicit Source(const Model& model) : model_(model) {}

  std::string print() {
    doc(model_.doc, "");
    out_ += "package " + model_.package;
    if (!model_.version.empty()) out_ += " version " + quoted(model_.version);
    if (model_.naming == Naming::plural) out_ += " naming plural";
    if (model_.naming == Naming::asWritten) out_ += " naming as_written";
    out_ += "\n";
    imports();
    for (const Alias& alias : model_.aliases) aliasDecl(alias);
    for (const Enum& e : model_.enums) enumDecl(e);
    for (const Entity& e : model_.entities) entityDecl(e);
    return std::move(out_);
  }

private:
  void doc(std::string_view text, std::string_view indent) {
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      out_ += std::string(indent) + "///" + (line.empty() ? "" : " ") + std::string(line) + "\n";
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  // Types of other packages are used under their last name.
  void imports() {
    std::set<std::pair<std::string, std::string>> found;
    for (const Alias& alias : model_.aliases)
      if (const size_t dot = alias.name.rfind('.'); dot != alias.name.npos)
        found.emplace(alias.name.substr(0, dot), alias.name.substr(dot + 1));
    if (!found.empty()) out_ += "\n";
    for (auto it = found.begin(); it != found.end();) {
      const std::string& package = it->first;
      std::string names;
      auto next = it;
      for (; next != found.end() && next->first == package; ++next)
        names += (names.empty() ? "" : ", ") + name(next->second);
      out_ += "import " + package + " { " + names + " }\n";
      it = next;
    }
  }

  std::string type(const Type& t) const {
    std::string text;
    Type plain = t;
    plain.optional = plain.list = false;
    if (t.alias)
      text = typeName(lastPart(model_[t.alias].name));
    else if (t.scalar == Scalar::enumeration && t.enumeration)
      text = typeName(model_[t.enumeration].name);
    else
      text = toString(plain, model_);
    return text + (t.list ? "[]" : "") + (t.optional ? "?" : "");
  }

  void aliasDecl(const Alias& alias) {
    if (alias.name.find('.') != alias.name.npos) return;
    out_ += "\n";
    doc(alias.doc, "");
    out_ += "type " + name(alias.name) + " = " + type(alias.type);
    if (alias.where) out_ += " where " + toString(*alias.where, model_);
    out_ += "\n";
  }

  void enumDecl(const Enum& e) {
    out_ += "\n";
    doc(e.doc, "");
    std::string line;
    const bool documented =
        std::ranges::any_of(e.values, [](const EnumValue& v) { return !v.doc.empty(); });
    for (const EnumValue& value : e.values)
      line += (line.empty() ? "" : ", ") + name(value.name) +
              (value.title.empty() ? "" : " " + quoted(value.title));
    out_ += "enum " + name(e.name) + " {";
    if (!documented && line.size() < kShortLine) {
      out_ += " " + line + " }\n";
      return;
    }
    out_ += "\n";
    for (const EnumValue& value : e.values) {
      doc(value.doc, "  ");
      out_ +=
          "  " + name(value.name) + (value.title.empty() ? "" : " " + quoted(value.title)) + ",\n";
    }
    out_ += "}\n";
  }

  static std::string deprecated(const std::string& why, const std::string& removeAfter) {
    std::string out = why.empty() ? "" : quoted(why);
    if (!removeAfter.empty())
      out += (out.empty() ? "" : ", ") + ("remove_after: " + quoted(removeAfter));
    return out.empty() ? " @deprecated" : " @deprecated(" + out + ")";
  }

  static std::string byDialect(std::string_view annotation,
                               const std::map<std::string, std::string>& texts) {
    std::string out;
    for (const auto& [dialect, text] : texts)
      out += (out.empty() ? "" : ", ") + name(dialect) + ": " + quoted(text);
    return out.empty() ? "" : " @" + std::string(annotation) + "(" + out + ")";
  }

  void entityDecl(const Entity& e) {
    out_ += "\n";
    doc(e.doc, "");
    if (e.lifecycle == Lifecycle::draft) out_ += "draft ";
    if (e.lifecycle == Lifecycle::deleted) out_ += "deleted ";
    if (e.lifecycle == Lifecycle::external) out_ += "external ";
    out_ += "entity " + name(e.name);
    if (!e.table.empty()) out_ += " @table(" + quoted(e.table) + ")";
    out_ += byDialect("native", e.native);
    if (!e.label.empty()) out_ += " @label(" + quoted(e.label) + ")";
    if (e.exposed) out_ += " @exposed";
    if (e.lifecycle == Lifecycle::deprecated) out_ += deprecated(e.deprecation, e.removeAfter);
    out_ += " {\n";

    open_.clear();
    std::set<std::string> opened;
    for (const PropertyId id : e.properties) {
      enter(e, model_[id].group, opened);
      property(e, id);
    }
    for (const Group& group : e.groups)
      if (!opened.contains(group.name)) enter(e, group.name, opened);
    enter(e, "", opened);

    if (e.key.properties.size() != 1) {
      std::string parts;
      for (const PropertyId id : e.key.properties)
        parts += (parts.empty() ? "" : ", ") + name(model_[id].name);
      if (!parts.empty()) out_ += "  key (" + parts + ")\n";
    }
    for (const Unique& unique : e.uniques) keyed("unique", unique);
    for (const Index& index : e.indexes) keyed("index", index);
    for (const Check& check : e.checks) checkDecl(check);
    out_ += "}\n";
  }

  std::string indent() const { return std::string(2 + 2 * open_.size(), ' '); }

  // Closes and opens groups so that the next property stands in `wanted`.
  void enter(const Entity& e, std::string_view wanted, std::set<std::string>& opened) {
    const auto groupOf = [&](std::string_view group) {
      return std::ranges::find(e.groups, group, &Group::name);
    };
    std::vector<const Group*> chain;
    for (auto at = groupOf(wanted); at != e.groups.end() && chain.size() <= e.groups.size();
         at = groupOf(at->parent))
      chain.insert(chain.begin(), &*at);
    while (!open_.empty() &&
           (open_.size() > chain.size() || chain[open_.size() - 1] != open_.back())) {
      open_.pop_back();
      out_ += indent() + "}\n";
    }
    while (open_.size() < chain.size()) {
      const Group* group = chain[open_.size()];
      out_ += indent() + "group " + name(group->name) +
              (group->title.empty() ? "" : " " + quoted(group->title)) + " {\n";
      opened.insert(group->name);
      open_.push_back(group);
    }
  }

  void property(const Entity& e, PropertyId id) {
    const Property& p = model_[id];
    doc(p.doc, indent());
    out_ += indent();
    if (e.key.properties.size() == 1 && e.key.properties[0] == id) out_ += "key ";
    out_ += name(p.name) + ": ";
    switch (p.kind) {
      case PropertyKind::value: out_ += type(p.type); break;
      case PropertyKind::reference:
        out_ +=
            "ref " + (p.target ? name(model_[p.target].name) : "") + (p.type.optional ? "?" : "");
        break;
      case PropertyKind::many:
        out_ += "many " + (p.target ? name(model_[p.target].name) : "");
        if (!p.inverse.empty()) out_ += " inverse " + name(p.inverse);
        break;
    }
    if (p.where) out_ += " where " + toString(*p.where, model_);
    if (p.autoincrement) out_ += " = autoincrement()";
    if (p.defaultValue) out_ += " = " + toString(*p.defaultValue, model_);
    if (p.computed)
      out_ += " = " + toString(*p.computed, model_) + " computed" + (p.stored ? " stored" : "");
    if (p.kind == PropertyKind::reference) {
      if (p.onDelete != RefAction::restrict)
        out_ += fmt::format(" on delete {}", spelling(p.onDelete));
      if (p.onUpdate != RefAction::noAction)
        out_ += fmt::format(" on update {}", spelling(p.onUpdate));
    }
    if (p.unique) out_ += " @unique";
    if (p.kind == PropertyKind::reference && !p.indexed) out_ += " @noindex";
    if (p.draft) out_ += " @draft";
    if (p.deferral != Deferral::no)
      out_ += p.deferral == Deferral::deferred ? " @deferrable(deferred)" : " @deferrable";
    if (!p.foreignKey.empty()) out_ += " @name(" + quoted(p.foreignKey) + ")";
    if (!p.column.empty()) out_ += " @column(" + quoted(p.column) + ")";
    out_ += byDialect("native", p.native);
    if (p.sensitive == "*")
      out_ += " @sensitive";
    else if (!p.sensitive.empty())
      out_ += " @sensitive(mask: " + quoted(p.sensitive) + ")";
    if (!p.label.empty()) out_ += " @label(" + quoted(p.label) + ")";
    if (p.exposed) out_ += " @exposed";
    if (p.deprecated) out_ += deprecated(p.deprecation, p.removeAfter);
    if (isNative(p.defaultValue) || isNative(p.computed)) out_ += kNativeAllowed;
    out_ += "\n";
  }

  static bool isNative(const Boxed<Expr>& e) { return e && e->kind == ExprKind::native; }

  template <class Declared>
  void keyed(std::string_view kind, const Declared& d) {
    doc(d.doc, "  ");
    out_ += "  " + std::string(kind) + " ";
    if (!d.name.empty()) out_ += name(d.name) + " ";
    std::string parts;
    for (const IndexPart& part : d.parts)
      parts += (parts.empty() ? "" : ", ") + toString(part.expr, model_) +
               (part.descending ? " desc" : "") + byDialect("native", part.native);
    out_ += "(" + parts + ")";
    if (d.where) out_ += " where " + toString(*d.where, model_);
    if constexpr (std::is_same_v<Declared, Unique>)
      if (d.constraint) out_ += " @constraint";
    if constexpr (std::is_same_v<Declared, Index>) out_ += byDialect("using", d.method);
    if (!d.include.empty()) {
      std::string included;
      for (const Expr& e : d.include)
        included += (included.empty() ? "" : ", ") + toString(e, model_);
      out_ += " @include(" + included + ")";
    }
    if (!d.databaseName.empty()) out_ += " @name(" + quoted(d.databaseName) + ")";
    const bool native = std::ranges::any_of(
        d.parts, [](const IndexPart& part) { return part.expr.kind == ExprKind::native; });
    if (native || isNative(d.where)) out_ += kNativeAllowed;
    out_ += "\n";
  }

  void checkDecl(const Check& check) {
    doc(check.doc, "  ");
    out_ += "  check ";
    if (!check.name.empty()) out_ += name(check.name) + ": ";
    out_ += toString(check.condition, model_);
    if (!check.databaseName.empty()) out_ += " @name(" + quoted(check.databaseName) + ")";
    if (!check.message.empty()) out_ += " @message(" + quoted(check.message) + ")";
    if (check.condition.kind == ExprKind::native) out_ += kNativeAllowed;
    out_ += "\n";
  }

  static constexpr size_t kShortLine = 80;
  static constexpr std::string_view kNativeAllowed = " @allow(DDL010, \"as the database has it\")";

  const Model& model_;
  std::string out_;
  std::vector<const Group*> open_;
};

}  // namespace

std::string toSource(const Model& model) {
  return Source(model).print();
}

}  // namespace cambium::ir
