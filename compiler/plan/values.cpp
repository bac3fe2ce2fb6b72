#include "compiler/plan/values.h"

#include "compiler/diff/merges.h"

namespace cambium::plan {

using ir::ExprKind;

std::vector<ValueMove> valueMoves(const Context& c, const ir::Property& to) {
  std::vector<ValueMove> out;
  if (to.type.scalar != ir::Scalar::enumeration || !to.type.enumeration) return out;
  for (size_t i : c.causes.enumTo[to.type.enumeration.index()]) {
    const auto& change = c.changes.changes[i];
    if (const auto* rename = std::get_if<diff::EnumRenameValue>(&change))
      out.push_back({rename->oldValue, rename->newValue, false, i});
    const auto* drop = std::get_if<diff::EnumDropValue>(&change);
    const auto into = drop ? diff::mergedInto(c.changes, *drop) : std::string();
    if (!into.empty()) out.push_back({drop->value, into, true, i});
  }
  return out;
}

ir::Expr valueCase(const std::string& property, ir::Type type, ir::Type resultType,
                   const std::vector<std::pair<std::string, std::string>>& pairs) {
  auto named = [&] {
    ir::Expr e;
    e.kind = ExprKind::property;
    e.type = type;
    e.path = {property};
    return e;
  };
  auto member = [](const std::string& value, const ir::Type& of) {
    ir::Expr e;
    e.kind = ExprKind::member;
    e.type = of;
    e.type.optional = false;
    e.text = value;
    return e;
  };
  if (pairs.empty()) return named();
  ir::Expr all;
  all.kind = ExprKind::caseWhen;
  all.type = resultType;
  all.hasElse = true;
  for (const auto& [from, to] : pairs) {
    ir::Expr equal;
    equal.kind = ExprKind::binary;
    equal.op = ir::Op::equal;
    equal.type.scalar = ir::Scalar::boolean;
    equal.args = {named(), member(from, type)};
    all.args.push_back(std::move(equal));
    all.args.push_back(member(to, resultType));
  }
  all.args.push_back(named());
  return all;
}

bool hasMoreDigits(const ir::Type& was, const ir::Type& is) {
  return was.scalar == ir::Scalar::decimal && is.scalar == ir::Scalar::decimal && !is.list &&
         was.scale < is.scale;
}

ir::Expr rounded(const ir::Property& property, const ir::Type& was) {
  ir::Expr value, digits, call;
  value.kind = ExprKind::property;
  value.type = property.type;
  value.path = {property.name};
  digits.kind = ExprKind::literal;
  digits.type.scalar = ir::Scalar::int32;
  digits.text = std::to_string(was.scale);
  call.kind = ExprKind::call;
  call.function = ir::Function::round;
  call.type = was;
  call.type.optional = property.type.optional;
  call.args = {std::move(value), std::move(digits)};
  return call;
}

}  // namespace cambium::plan
