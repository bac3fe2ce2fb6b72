#include "compiler/emit/script.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/base/sha256.h"
#include "compiler/catalog/kept.h"

namespace cambium::emit {
namespace {

using catalog::Catalog;
using plan::Operation;

constexpr const char* kTable = "table";
constexpr const char* kView = "view";
constexpr const char* kTrigger = "trigger";
constexpr const char* kKept = "kept";

using Object = std::pair<std::string, std::string>;  // kind, name
using Objects = std::vector<Object>;

template <class T>
std::string digestOf(const T* object) {
  return object ? sha256Hex(catalog::describe(*object)) : std::string();
}

std::string digestIn(const Catalog& c, const Object& object) {
  if (object.first == kView) return digestOf(c.findView(object.second));
  if (object.first == kTrigger) return digestOf(c.findTrigger(object.second));
  if (object.first == kKept)
    return c.kept.contains(object.second) ? sha256Hex(catalog::kKept) : std::string();
  return digestOf(c.findTable(object.second));
}

// Tables whose foreign keys, or whose policies that look at it, follow when a name of `table`
// changes.
void addFollowers(const Catalog& c, const std::string& table, Objects& out) {
  for (const auto& other : c.tables) {
    for (const auto& key : other.foreignKeys) {
      if (key.table != table || other.name == table) continue;
      out.emplace_back(kTable, other.name);
      break;
    }
  }
  for (const auto& name : c.lookers) {
    const auto* looker = name == table ? nullptr : c.findTable(name);
    const bool follows =
        looker && std::ranges::any_of(looker->policies, [&](const catalog::Policy& policy) {
          return (policy.usingSql + policy.checkSql).find(table) != std::string::npos;
        });
    if (follows) out.emplace_back(kTable, name);
  }
}

// Every object whose description the operation may change.
Objects touched(const Operation& operation, const Catalog& c) {
  Objects out;
  const auto kept = [&](const std::string& name) {
    if (!name.empty()) out.emplace_back(kKept, name);
  };
  std::visit(
      Overloaded{
          [&](const plan::CreateTable& o) { out.emplace_back(kTable, o.table.name); },
          [&](const plan::DropTable& o) {
            out.emplace_back(kTable, o.table.name);
            kept(o.keptAs);
          },
          [&](const plan::RenameTable& o) {
            out.emplace_back(kTable, o.from);
            out.emplace_back(kTable, o.to);
            addFollowers(c, o.from, out);
            for (const auto& trigger : c.triggers)
              if (trigger.table == o.from) out.emplace_back(kTrigger, trigger.name);
          },
          [&](const plan::AddColumn& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::DropColumn& o) {
            out.emplace_back(kTable, o.table);
            kept(o.keptAs);
          },
          [&](const plan::RenameColumn& o) {
            out.emplace_back(kTable, o.table);
            addFollowers(c, o.table, out);
          },
          [&](const plan::AlterColumn& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::AlterKey& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::CommentTable& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::AddCheck& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::DropCheck& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::RenameCheck& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::AddForeignKey& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::DropForeignKey& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::ValidateCheck& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::ValidateForeignKey& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::CreateIndex& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::DropIndex& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::RenameIndex& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::CreateTrigger& o) { out.emplace_back(kTrigger, o.trigger.name); },
          [&](const plan::DropTrigger& o) { out.emplace_back(kTrigger, o.trigger.name); },
          [&](const plan::CreateView& o) { out.emplace_back(kView, o.view.name); },
          [&](const plan::DropView& o) { out.emplace_back(kView, o.view.name); },
          [&](const plan::RebuildTable& o) {
            out.emplace_back(kTable, o.from.name);
            if (o.to.name != o.from.name) out.emplace_back(kTable, o.to.name);
            for (const auto& one : o.kept) kept(one.second);
          },
          [&](const plan::Backfill&) {},
          [&](const plan::Verify&) {},
          [&](const plan::WriteRow&) {},
          [&](const plan::ChangePolicies& o) { out.emplace_back(kTable, o.table); },
          [&](const plan::ChangeGrants& o) { out.emplace_back(o.view ? kView : kTable, o.table); },
          // Of the server: its statements do nothing where there is nothing to do.
          [&](const plan::CreateRole&) {},
          [&](const plan::ForgetRole&) {},
          [&](const plan::SwitchVersion&) {},
      },
      operation);
  return out;
}

std::string place(Span span, const SourceMap& sources) {
  if (!span) return {};
  const auto& file = sources[span.file];
  return fmt::format("{}:{}", file.name(), file.lineColumn(span.begin).line);
}

std::string_view elementName(plan::ElementKind kind) {
  static constexpr std::string_view kNames[] = {
#define ELEMENT(id, name) name,
#include "compiler/plan/elements.def"
#undef ELEMENT
  };
  return kNames[static_cast<size_t>(kind)];
}

std::string_view compatibilityName(diff::Compatibility c) {
  switch (c) {
    case diff::Compatibility::safe: return "safe";
    case diff::Compatibility::breaking: return "breaking";
    case diff::Compatibility::destructive: return "destructive";
  }
  return "safe";
}

// Walks through the plan with one running catalog: a step costs what its own operations cost.
class Emitter {
public:
  Emitter(const plan::Plan& plan, const dialect::Dialect& dialect, const SourceMap& sources,
          DiagnosticSink& sink)
      : plan_(plan), dialect_(dialect), sources_(sources), sink_(sink), now_(plan.before) {}

  Script run() {
    Script script;
    script.dialect = dialect_.traits().dialect;
    script.server = dialect_.gate();
    script.package = plan_.package;
    script.fromVersion = plan_.fromVersion;
    script.toVersion = plan_.toVersion;
    script.fromDigest = plan_.fromDigest;
    script.toDigest = plan_.toDigest;
    script.beforeFingerprint = catalog::fingerprint(plan_.before);
    script.afterFingerprint = catalog::fingerprint(plan_.after);
    script.compatibility = compatibilityName(plan_.compatibility);
    for (const auto& loss : plan_.undoLosses)
      script.undoLosses.push_back({loss.what, loss.countSql});
    for (const auto& probe : plan_.probes) {
      script.probes.push_back({probe.title, probe.countSql,
                               std::string(compatibilityName(probe.compatibility)),
                               place(probe.cause, sources_)});
    }
    script.steps.reserve(plan_.steps.size());
    for (const auto& step : plan_.steps) script.steps.push_back(one(step));
    script.kept = plan_.kept;
    script.soakSeconds = plan_.soak.seconds;
    return script;
  }

private:
  template <Code C, class... Args>
  static plan::Hazard about(const Args&... args) {
    return {std::string(info(C).name), report<C>(Span{}, args...).message};
  }
  static plan::Hazard hazardOf(const dialect::Wait& wait) {
    switch (wait.what) {
      case dialect::Wait::For::copy: return about<Code::LCK001>(wait.table);
      case dialect::Wait::For::index: return about<Code::LCK006>(wait.table);
      case dialect::Wait::For::step: return about<Code::LCK010>(wait.table);
      case dialect::Wait::For::look:
        return about<Code::LCK011>(wait.table, "nobody reads or writes it");
      case dialect::Wait::For::count: return about<Code::LCK011>(wait.table, "writers wait");
    }
    return {};
  }

  static void addHazard(ScriptStep& step, plan::Hazard hazard) {
    const bool known = std::any_of(step.hazards.begin(), step.hazards.end(), [&](const auto& h) {
      return h.code == hazard.code && h.text == hazard.text;
    });
    // "There is no undo from here on" is said last.
    auto at = step.hazards.end();
    if (!step.hazards.empty() && step.hazards.back().code == info(Code::LCK004).name) --at;
    if (!known) step.hazards.insert(at, std::move(hazard));
  }

  // Whom the step keeps waiting, only its SQL tells.
  static void addWaits(ScriptStep& step) {
    for (const auto& wait : step.action.sql.waits) addHazard(step, hazardOf(wait));
  }

  // What goes on beside others takes its share of the disk, and of what follows the database. A
  // count alone is a query like any other.
  static void addLoad(const plan::Step& planned, ScriptStep& step) {
    const auto& sql = step.action.sql;
    for (const auto& operation : planned.operations)
      if (const auto* op = std::get_if<plan::Backfill>(&operation))
        addHazard(step, about<Code::LCK013>(
                            fmt::format("rows of `{}` are written in batches", op->table)));
    if (sql.stepClass == dialect::StepClass::gate) return;
    std::map<std::string, std::string> renamed;
    for (const auto& operation : planned.operations)
      if (const auto* op = std::get_if<plan::RenameTable>(&operation)) renamed[op->from] = op->to;
    for (const auto& work : sql.works) {
      const auto name = renamed.find(work.table);
      const bool waits = std::ranges::any_of(sql.waits, [&](const dialect::Wait& wait) {
        return wait.table == work.table || (name != renamed.end() && wait.table == name->second);
      });
      if (waits) continue;
      const char* what = "every row of `{}` is looked at";
      if (work.kind == dialect::Work::Kind::copy) what = "every row of `{}` is written anew";
      if (work.kind == dialect::Work::Kind::index) what = "an index of `{}` is built";
      addHazard(step, about<Code::LCK013>(fmt::format(fmt::runtime(what), work.table)));
    }
  }

  ScriptStep one(const plan::Step& step) {
    ScriptStep out;
    out.number = step.number;
    out.phase = step.phase;
    out.kind = elementName(step.kind);
    out.element = step.element;
    out.title = step.title;
    out.change = step.change;
    out.cause = place(step.cause, sources_);
    out.sign = step.sign;
    out.compatibility = compatibilityName(step.compatibility);
    out.hazards = step.hazards;
    out.follows = step.follows;
    for (const auto& operation : step.operations) {
      if (std::holds_alternative<plan::SwitchVersion>(operation)) out.switches = true;
    }
    out.action.verify = checksOf(step.operations);
    out.action.sql = sqlOf(step, step.operations);
    addWaits(out);
    addLoad(step, out);
    simulate(step, step.operations, out.action);
    if (!step.undo.empty()) {
      out.undo.verify = checksOf(step.undo);
      out.undo.sql = sqlOf(step, step.undo);
      out.undo.before = out.action.after;
      out.undo.after = out.action.before;
      if (!out.undo.sql.completes.empty()) {
        // There and back again: the catalog after the step is what the next one starts from.
        Action undone = out.undo;
        Catalog after = now_;
        simulate(step, step.undo, undone);
        now_ = std::move(after);
        out.undo.between = std::move(undone.between);
      }
    }
    return out;
  }

  static std::vector<Check> checksOf(const std::vector<Operation>& operations) {
    std::vector<Check> out;
    for (const auto& operation : operations) {
      if (const auto* verify = std::get_if<plan::Verify>(&operation))
        out.push_back({verify->countSql, verify->message, verify->help});
    }
    return out;
  }

  dialect::Emitted sqlOf(const plan::Step& step, const std::vector<Operation>& operations) {
    if (auto emitted = dialect_.emit(operations, now_)) return std::move(*emitted);
    fail(step, "this database has no way to do it in place");
    return {};
  }

  void simulate(const plan::Step& step, const std::vector<Operation>& operations, Action& out) {
    // An object's state before the step is its state just before the first operation that touches
    // it.
    const bool inParts = !out.sql.completes.empty();
    std::map<Object, std::string> before;
    std::vector<std::map<Object, std::string>> states;  // behind each operation: what it touched
    for (const auto& operation : operations) {
      const Objects objects = touched(operation, now_);
      for (const auto& object : objects) {
        if (!before.count(object)) before.emplace(object, digestIn(now_, object));
      }
      if (auto obstacle = plan::apply(operation, now_, dialect_.traits()); !obstacle.empty()) {
        fail(step, obstacle);
      }
      if (!inParts) continue;
      auto& state = states.emplace_back();
      for (const auto& object : objects) state[object] = digestIn(now_, object);
    }
    out.before.clear();
    out.after.clear();
    for (const auto& [object, digest] : before) {
      out.before.push_back({object.first, object.second, digest});
      out.after.push_back({object.first, object.second, digestIn(now_, object)});
    }
    for (size_t i = 0; i + 1 < states.size(); ++i) {
      auto& probes = out.between.emplace_back();
      for (const auto& [object, digest] : states[i])
        probes.push_back({object.first, object.second, digest});
    }
  }

  void fail(const plan::Step& step, const std::string& why) {
    sink_.add(report<Code::RUN001>(step.cause, step.number, step.title, why)
                  .help("this is a mistake in the tool: please report it with the two versions"));
  }

  const plan::Plan& plan_;
  const dialect::Dialect& dialect_;
  const SourceMap& sources_;
  DiagnosticSink& sink_;
  Catalog now_;
};

}  // namespace

Script emit(const plan::Plan& plan, const dialect::Dialect& dialect, const SourceMap& sources,
            DiagnosticSink& sink) {
  return Emitter(plan, dialect, sources, sink).run();
}

}  // namespace cambium::emit
