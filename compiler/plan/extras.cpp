#include "compiler/plan/extras.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/base/result.h"

namespace cambium::plan {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? char(c + 32) : c;
}
bool isOfWord(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// As a word of its own, in whatever quotes and case: rather once too often than not at all.
bool speaksOf(std::string_view text, std::string_view name) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  for (auto at = text.begin();;) {
    at = std::search(at, text.end(), name.begin(), name.end(), same);
    if (at == text.end() || name.empty()) return false;
    const auto end = at + static_cast<std::ptrdiff_t>(name.size());
    if ((at == text.begin() || !isOfWord(*(at - 1))) && (end == text.end() || !isOfWord(*end)))
      return true;
    ++at;
  }
}
bool speaksOfAllColumns(std::string_view text) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  constexpr std::string_view kAll = "select *";
  return text.find(".*") != std::string_view::npos ||
         std::search(text.begin(), text.end(), kAll.begin(), kAll.end(), same) != text.end();
}

class Finder {
public:
  Finder(const Plan& plan, const catalog::Extras& extras) : plan_(plan), extras_(extras) {}

  std::vector<Touch> run() {
    for (const Step& step : plan_.steps) {
      step_ = &step;
      for (const Operation& operation : step.operations) look(operation);
    }
    return std::move(out_);
  }

private:
  void look(const Operation& operation) {
    std::visit(
        Overloaded{
            [&](const CreateTable& o) { made("table " + o.table.name); },
            [&](const DropTable& o) { table(o.table.name, "drops"); },
            [&](const RenameTable& o) { table(o.from, "renames"); },
            [](const AddColumn&) {},
            [&](const DropColumn& o) { column(o.table, o.column.name, "drops"); },
            [&](const RenameColumn& o) { column(o.table, o.from, "renames"); },
            [&](const AlterColumn& o) {
              if (o.from.type != o.to.type) column(o.table, o.from.name, "gives another type to");
            },
            [&](const AlterKey& o) { references(o.table, "gives another key to"); },
            [](const CommentTable&) {},
            [&](const AddCheck& o) { made(part("check", o.table, o.check.name)); },
            [](const DropCheck&) {},
            [&](const RenameCheck& o) { made(part("check", o.table, o.to)); },
            [&](const AddForeignKey& o) { made(part("foreign key", o.table, o.foreignKey.name)); },
            [](const DropForeignKey&) {},
            [](const ValidateCheck&) {},
            [](const ValidateForeignKey&) {},
            [&](const CreateIndex& o) { made(part("index", o.table, o.index.name)); },
            [&](const DropIndex& o) {
              if (o.index.unique) references(o.table, "drops a unique of");
            },
            [&](const RenameIndex& o) { made(part("index", o.table, o.to)); },
            [&](const CreateTrigger& o) { made("trigger " + o.trigger.name); },
            [](const DropTrigger&) {},
            [&](const CreateView& o) { made("view " + o.view.name); },
            [](const DropView&) {},
            [&](const RebuildTable& o) { table(o.from.name, "makes anew"); },
            [&](const Backfill& o) { fires(o.table); },
            [](const Verify&) {},
            [](const WriteRow&) {},
            [&](const ChangePolicies& o) {
              for (const auto& policy : o.to) made(part("policy", o.table, policy.name));
            },
            [](const ChangeGrants&) {},
            [](const CreateRole&) {},
            [](const ForgetRole&) {},
            [](const SwitchVersion&) {},
        },
        operation);
  }

  static std::string part(std::string_view kind, const std::string& table,
                          const std::string& name) {
    return fmt::format("{} {}.{}", kind, table, name);
  }

  void add(const catalog::Extra& extra, std::string what, bool onlyFires = false) {
    const auto same = [&](const Touch& t) {
      return t.object == extra.object && t.what == what && t.fires == onlyFires;
    };
    if (std::ranges::none_of(out_, same))
      out_.push_back({step_->number, step_->title, extra.object, std::move(what), onlyFires});
  }

  void made(const std::string& object) {
    for (const auto& extra : extras_)
      if (extra.name.empty() && extra.object == object) add(extra, "makes what is there already");
  }

  // A part of the table, or something that speaks of it. A check that only has no name is the
  // model's own.
  static bool isOn(const catalog::Extra& extra, const std::string& name) {
    return extra.name.empty() && (speaksOf(extra.object, name) || speaksOf(extra.facts, name));
  }

  void table(const std::string& name, const char* verb) {
    for (const auto& extra : extras_)
      if (isOn(extra, name)) add(extra, fmt::format("{} `{}`", verb, name));
  }

  void column(const std::string& table, const std::string& name, const char* verb) {
    for (const auto& extra : extras_)
      if (isOn(extra, table) && (speaksOf(extra.facts, name) || speaksOfAllColumns(extra.facts)))
        add(extra, fmt::format("{} `{}.{}`", verb, table, name));
  }

  // Foreign keys of others stand on a key.
  void references(const std::string& table, const char* verb) {
    for (const auto& extra : extras_)
      if (isOn(extra, table) && speaksOf(extra.facts, "references"))
        add(extra, fmt::format("{} `{}`", verb, table));
  }

  void fires(const std::string& table) {
    for (const auto& extra : extras_)
      if (extra.object.starts_with("trigger ") && isOn(extra, table) &&
          speaksOf(extra.facts, "update"))
        add(extra, fmt::format("fills rows of `{}`", table), true);
  }

  const Plan& plan_;
  const catalog::Extras& extras_;
  const Step* step_ = nullptr;
  std::vector<Touch> out_;
};

}  // namespace

std::vector<Touch> touches(const Plan& plan, const catalog::Extras& extras) {
  return extras.empty() ? std::vector<Touch>() : Finder(plan, extras).run();
}

}  // namespace cambium::plan
