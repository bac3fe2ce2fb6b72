#include <fmt/core.h>
#include <llvm/Support/FormatVariadic.h>
#include <llvm/Support/JSON.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>

#include "compiler/base/sha256.h"
#include "compiler/emit/script.h"

namespace cambium::emit {
namespace {

namespace json = llvm::json;

constexpr std::string_view kFormat = "plan/1";
constexpr size_t kMaxBytes = size_t{512} << 20;
constexpr int kMaxNesting = 16;

// ---------------------------------------------------------------- writing
// A name from a database may be any bytes; JSON holds UTF-8 only.
json::Value text(const std::string& s) {
  return json::isUTF8(s) ? json::Value(s) : json::Value(json::fixUTF8(s));
}

json::Value list(const std::vector<std::string>& items) {
  json::Array out;
  for (const auto& item : items) out.push_back(text(item));
  return out;
}

std::string_view className(dialect::StepClass c) {
  switch (c) {
    case dialect::StepClass::transactional: return "transactional";
    case dialect::StepClass::nonTransactional: return "non-transactional";
    case dialect::StepClass::batch: return "batch";
    case dialect::StepClass::gate: return "gate";
  }
  return "transactional";
}

json::Value toJson(const dialect::Emitted& e) {
  json::Object out{{"class", std::string(className(e.stepClass))},
                   {"before", list(e.before)},
                   {"statements", list(e.statements)},
                   {"after", list(e.after)},
                   {"mustBeEmpty", list(e.mustBeEmpty)},
                   {"lock", text(e.lock)}};
  if (!e.locks.empty()) out["locks"] = list(e.locks);
  if (!e.completes.empty()) {
    json::Array completes;
    for (const unsigned n : e.completes) completes.push_back(int64_t{n});
    out["completes"] = std::move(completes);
  }
  if (e.batch) {
    const auto& b = *e.batch;
    out["batch"] =
        json::Object{{"keyColumns", int64_t{b.keyColumns}},  {"upperBound", text(b.upperBound)},
                     {"firstEnd", text(b.firstEnd)},         {"nextEnd", text(b.nextEnd)},
                     {"firstUpdate", text(b.firstUpdate)},   {"nextUpdate", text(b.nextUpdate)},
                     {"countPending", text(b.countPending)}, {"countAll", text(b.countAll)}};
  }
  return out;
}

json::Value toJson(const std::vector<ObjectProbe>& probes) {
  json::Array out;
  for (const auto& p : probes) {
    out.push_back(
        json::Object{{"kind", text(p.kind)}, {"name", text(p.name)}, {"digest", text(p.digest)}});
  }
  return out;
}

json::Value toJson(const Action& a) {
  json::Array verify;
  for (const auto& check : a.verify) {
    json::Object one{{"countSql", text(check.countSql)}, {"message", text(check.message)}};
    if (!check.help.empty()) one["help"] = text(check.help);
    verify.push_back(std::move(one));
  }
  json::Object out{{"verify", std::move(verify)},
                   {"sql", toJson(a.sql)},
                   {"before", toJson(a.before)},
                   {"after", toJson(a.after)}};
  if (!a.between.empty()) {
    json::Array changes;
    for (const auto& probes : a.between)
      changes.push_back(json::Object{{"probes", toJson(probes)}});
    out["changes"] = std::move(changes);
  }
  return out;
}

json::Value toJson(const ScriptStep& s) {
  json::Array hazards;
  for (const auto& h : s.hazards) {
    hazards.push_back(json::Object{{"code", text(h.code)}, {"text", text(h.text)}});
  }
  json::Array follows;
  for (const auto& f : s.follows) {
    follows.push_back(json::Object{{"step", int64_t{f.step}}, {"rule", text(f.rule)}});
  }
  return json::Object{{"number", int64_t{s.number}},
                      {"phase", std::string(plan::toString(s.phase))},
                      {"kind", text(s.kind)},
                      {"element", text(s.element)},
                      {"title", text(s.title)},
                      {"change", text(s.change)},
                      {"cause", text(s.cause)},
                      {"sign", std::string(1, s.sign)},
                      {"compatibility", text(s.compatibility)},
                      {"action", toJson(s.action)},
                      {"undo", toJson(s.undo)},
                      {"switches", s.switches},
                      {"hazards", std::move(hazards)},
                      {"follows", std::move(follows)}};
}

json::Value toJson(const Script& s) {
  json::Array probes;
  for (const auto& p : s.probes) {
    probes.push_back(json::Object{{"title", text(p.title)},
                                  {"countSql", text(p.countSql)},
                                  {"compatibility", text(p.compatibility)},
                                  {"cause", text(p.cause)}});
  }
  json::Array steps;
  for (const auto& step : s.steps) steps.push_back(toJson(step));
  json::Object out{{"tool", text(s.tool)},
                   {"dialect", text(s.dialect)},
                   {"package", text(s.package)},
                   {"environment", text(s.environment)},
                   {"fromVersion", text(s.fromVersion)},
                   {"toVersion", text(s.toVersion)},
                   {"fromDigest", text(s.fromDigest)},
                   {"toDigest", text(s.toDigest)},
                   {"beforeFingerprint", text(s.beforeFingerprint)},
                   {"afterFingerprint", text(s.afterFingerprint)},
                   {"compatibility", text(s.compatibility)},
                   {"toModel", text(s.toModel)},
                   {"probes", std::move(probes)},
                   {"steps", std::move(steps)}};
  if (!s.external.empty()) out["external"] = list(s.external);
  if (!s.server.empty()) out["server"] = text(s.server);
  if (!s.wayBack.empty()) out["wayBack"] = text(s.wayBack);
  json::Array losses;
  for (const auto& loss : s.undoLosses)
    losses.push_back(json::Object{{"what", text(loss.what)}, {"countSql", text(loss.countSql)}});
  if (!losses.empty()) out["undoLosses"] = std::move(losses);
  if (!s.kept.empty()) {
    json::Array kept;
    for (const auto& k : s.kept)
      kept.push_back(json::Object{{"step", int64_t{k.step}},
                                  {"keptAs", text(k.name)},
                                  {"table", text(k.table)},
                                  {"column", text(k.column)},
                                  {"key", list(k.key)},
                                  {"entity", text(k.entity)},
                                  {"property", text(k.property)}});
    out["kept"] = std::move(kept);
  }
  if (s.soakSeconds > 0) out["soakSeconds"] = static_cast<int64_t>(s.soakSeconds);
  return out;
}

std::string compact(const json::Value& v) {
  return llvm::formatv("{0}", v).str();
}

// ---------------------------------------------------------------- reading
// Reads fields by name; the first thing that is not as it must be is kept, and everything after it
// yields empty values.
class Reader {
public:
  const std::string& error() const { return error_; }
  bool failed() const { return !error_.empty(); }

  std::string string(const json::Object& o, llvm::StringRef key) {
    if (auto v = o.getString(key)) return v->str();
    miss(key, "a string");
    return {};
  }
  unsigned number(const json::Object& o, llvm::StringRef key) {
    auto v = o.getInteger(key);
    if (v && *v >= 0 && *v <= 0x7fffffff) return static_cast<unsigned>(*v);
    miss(key, "a small whole number");
    return 0;
  }
  bool boolean(const json::Object& o, llvm::StringRef key) {
    if (auto v = o.getBoolean(key)) return *v;
    miss(key, "true or false");
    return false;
  }
  const json::Object& object(const json::Object& o, llvm::StringRef key) {
    if (const auto* v = o.getObject(key)) return *v;
    miss(key, "an object");
    return none_;
  }
  std::vector<std::string> strings(const json::Object& o, llvm::StringRef key) {
    std::vector<std::string> out;
    const auto* items = o.getArray(key);
    if (!items)
      miss(key, "a list");
    else
      for (const auto& item : *items) {
        auto s = item.getAsString();
        if (s)
          out.push_back(s->str());
        else
          miss(key, "a list of strings");
      }
    return out;
  }
  template <class T, class F>
  std::vector<T> objects(const json::Object& o, llvm::StringRef key, F one) {
    std::vector<T> out;
    const auto* items = o.getArray(key);
    if (!items) {
      miss(key, "a list");
      return out;
    }
    for (const auto& item : *items) {
      const auto* value = item.getAsObject();
      if (!value) {
        miss(key, "a list of objects");
        return out;
      }
      out.push_back(one(*value));
      if (failed()) return out;
    }
    return out;
  }

  dialect::Emitted emitted(const json::Object& o) {
    dialect::Emitted e;
    const std::string name = string(o, "class");
    bool known = false;
    for (auto c : {dialect::StepClass::transactional, dialect::StepClass::nonTransactional,
                   dialect::StepClass::batch, dialect::StepClass::gate}) {
      if (name != className(c)) continue;
      e.stepClass = c;
      known = true;
    }
    if (!known) miss("class", "a known class of step");
    e.before = strings(o, "before");
    if (o.get("locks")) e.locks = strings(o, "locks");
    e.statements = strings(o, "statements");
    e.after = strings(o, "after");
    e.mustBeEmpty = strings(o, "mustBeEmpty");
    e.lock = string(o, "lock");
    if (o.get("batch")) {
      const auto& b = object(o, "batch");
      e.batch = dialect::BatchSql{number(b, "keyColumns"),   string(b, "upperBound"),
                                  string(b, "firstEnd"),     string(b, "nextEnd"),
                                  string(b, "firstUpdate"),  string(b, "nextUpdate"),
                                  string(b, "countPending"), string(b, "countAll")};
    }
    if (o.get("completes")) {
      const auto* items = o.getArray("completes");
      for (size_t i = 0; items && i < items->size(); ++i)
        e.completes.push_back(static_cast<unsigned>((*items)[i].getAsInteger().value_or(0)));
      if (e.completes.size() != e.statements.size() ||
          std::find(e.completes.begin(), e.completes.end(), 0u) != e.completes.end())
        miss("completes", "a number for each statement");
    }
    if (e.stepClass == dialect::StepClass::batch && !e.batch) miss("batch", "an object");
    return e;
  }
  Action action(const json::Object& o) {
    auto probe = [&](const json::Object& p) {
      return ObjectProbe{string(p, "kind"), string(p, "name"), string(p, "digest")};
    };
    Action a;
    a.verify = objects<Check>(o, "verify", [&](const json::Object& check) {
      return Check{string(check, "countSql"), string(check, "message"),
                   check.get("help") ? string(check, "help") : std::string()};
    });
    a.sql = emitted(object(o, "sql"));
    a.before = objects<ObjectProbe>(o, "before", probe);
    a.after = objects<ObjectProbe>(o, "after", probe);
    if (o.get("changes"))
      a.between = objects<std::vector<ObjectProbe>>(o, "changes", [&](const json::Object& part) {
        return objects<ObjectProbe>(part, "probes", probe);
      });
    return a;
  }
  ScriptStep step(const json::Object& o) {
    ScriptStep s;
    s.number = number(o, "number");
    const std::string phase = string(o, "phase");
    if (auto found = plan::findPhase(phase))
      s.phase = *found;
    else
      miss("phase", "a known phase");
    s.kind = string(o, "kind");
    s.element = string(o, "element");
    s.title = string(o, "title");
    s.change = string(o, "change");
    s.cause = string(o, "cause");
    const std::string sign = string(o, "sign");
    if (sign.size() == 1)
      s.sign = sign[0];
    else
      miss("sign", "one character");
    s.compatibility = string(o, "compatibility");
    s.action = action(object(o, "action"));
    s.undo = action(object(o, "undo"));
    s.switches = boolean(o, "switches");
    s.hazards = objects<plan::Hazard>(o, "hazards", [&](const json::Object& h) {
      return plan::Hazard{string(h, "code"), string(h, "text")};
    });
    s.follows = objects<plan::Follows>(o, "follows", [&](const json::Object& f) {
      return plan::Follows{number(f, "step"), string(f, "rule")};
    });
    return s;
  }
  Script script(const json::Object& o) {
    Script s;
    s.tool = string(o, "tool");
    s.dialect = string(o, "dialect");
    s.package = string(o, "package");
    s.environment = string(o, "environment");
    s.fromVersion = string(o, "fromVersion");
    s.toVersion = string(o, "toVersion");
    s.fromDigest = string(o, "fromDigest");
    s.toDigest = string(o, "toDigest");
    s.beforeFingerprint = string(o, "beforeFingerprint");
    s.afterFingerprint = string(o, "afterFingerprint");
    s.compatibility = string(o, "compatibility");
    s.toModel = string(o, "toModel");
    if (o.get("server")) s.server = string(o, "server");
    if (o.get("external")) s.external = strings(o, "external");
    if (o.get("wayBack")) s.wayBack = string(o, "wayBack");
    if (o.get("undoLosses"))
      s.undoLosses = objects<ScriptLoss>(o, "undoLosses", [&](const json::Object& loss) {
        return ScriptLoss{string(loss, "what"), string(loss, "countSql")};
      });
    s.probes = objects<ScriptProbe>(o, "probes", [&](const json::Object& p) {
      return ScriptProbe{string(p, "title"), string(p, "countSql"), string(p, "compatibility"),
                         string(p, "cause")};
    });
    s.steps = objects<ScriptStep>(o, "steps", [&](const json::Object& p) { return step(p); });
    for (size_t i = 0; i < s.steps.size(); ++i) {
      if (s.steps[i].number != i + 1) miss("number", "the place of the step");
      for (const auto& f : s.steps[i].follows)
        if (f.step < 1 || f.step > i) miss("follows", "earlier steps");
      if (i > 0 && s.steps[i].phase < s.steps[i - 1].phase) miss("phase", "in order");
    }
    if (o.get("kept")) {
      s.kept = objects<plan::Kept>(o, "kept", [&](const json::Object& k) {
        return plan::Kept{number(k, "step"),    string(k, "keptAs"), string(k, "table"),
                          string(k, "column"),  strings(k, "key"),   string(k, "entity"),
                          string(k, "property")};
      });
    }
    if (o.get("soakSeconds")) s.soakSeconds = number(o, "soakSeconds");
    return s;
  }

private:
  void miss(llvm::StringRef key, std::string_view expected) {
    if (error_.empty()) error_ = fmt::format("`{}` is not {}", key.str(), expected);
  }
  const json::Object none_;
  std::string error_;
};

// The parser recurses; a hostile document must not decide how deep.
bool tooDeep(std::string_view document) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < document.size(); ++i) {
    const char c = document[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxNesting) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

Failure<PlanFileError> refuse(std::string detail, bool tampered = false) {
  return Failure{PlanFileError{std::move(detail), tampered}};
}

}  // namespace

std::string toPlanFile(const Script& script) {
  json::Value body = toJson(script);
  const std::string digest = sha256Hex(compact(body));
  const json::Value document = json::Object{
      {"cambium", std::string(kFormat)}, {"digest", digest}, {"plan", std::move(body)}};
  return llvm::formatv("{0:2}\n", document).str();
}

std::string planDigest(const Script& script) {
  return sha256Hex(compact(toJson(script)));
}

Result<Script, PlanFileError> readPlanFile(std::string_view document) {
  if (document.size() > kMaxBytes) return refuse("it is larger than any plan");
  if (tooDeep(document)) return refuse("it is nested deeper than any plan");
  auto parsed = json::parse(llvm::StringRef(document.data(), document.size()));
  if (!parsed) return refuse("it is not JSON: " + llvm::toString(parsed.takeError()));
  const auto* top = parsed->getAsObject();
  const auto format = top ? top->getString("cambium") : std::nullopt;
  if (!format) return refuse("it is not a plan file");
  if (*format != llvm::StringRef(kFormat.data(), kFormat.size())) {
    return refuse(fmt::format("its format is `{}`; this tool reads `{}`", format->str(), kFormat));
  }
  const auto digest = top->getString("digest");
  const auto* body = top->getObject("plan");
  if (!digest || !body) return refuse("it has no digest or no plan");
  Reader reader;
  Script script = reader.script(*body);
  const bool intact = sha256Hex(compact(json::Value(json::Object(*body)))) == digest->str();
  if (!intact) return refuse("its content does not have the digest that it states", true);
  if (reader.failed()) return refuse(reader.error());
  // The digest covers the values; whatever else differs from what we write (a second key of one
  // name, other spaces) was not written by this tool.
  if (toPlanFile(script) != document)
    return refuse("it is not in the form that it was written in", true);
  return script;
}

}  // namespace cambium::emit
