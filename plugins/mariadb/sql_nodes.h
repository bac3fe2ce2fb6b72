// plugins/mariadb/sql_nodes.h: an expression of SQL as a tree, and the text that the server would
// keep of it.
#pragma once

#include <string>
#include <vector>

namespace cambium::dialect::mariadb {

// How tightly an operator binds, loosest first.
enum Binding : int {
  kLoosest,
  kOr,
  kXor,
  kAnd,
  kNot,
  kBetween,
  kComparison,
  kBitOr,
  kBitAnd,
  kShift,
  kSum,
  kProduct,
  kBitXor,
  kUnary,
  kCollate,
  kAtom
};

struct Tree {
  enum class Op : unsigned char {
    atom,     // text: as it is
    name,     // text: a path, quoted
    call,     // text: the function; kids: arguments
    binary,   // text: the operator; two kids
    both,     // AND, two kids or more
    either,   // OR
    negated,  // NOT
    minus,
    isNull,
    isNotNull,
    between,
    notBetween,
    inList,
    notInList,
    like,
    notLike,
    caseWhen,  // kids: [what], when, then …, [else]; text: "w" if there is a what, "e" for an else
    cast,      // text: the type
    usingSet,  // CONVERT(… USING …)
    interval,  // text: the unit
    list,      // (a, b)
  };
  Op op = Op::atom;
  std::string text;
  std::vector<Tree> kids;
};

Tree leaf(std::string text, Tree::Op op = Tree::Op::atom);
Tree node(Tree::Op op, std::vector<Tree> kids, std::string text = {});

// A column that stands where a truth is asked for is compared with 0.
Tree unequalZero(Tree name);
// NOT of it, as the server carries that to the leaves.
Tree negation(Tree);
// AND (Op::both) and OR (Op::either) of more than two are one.
Tree junction(Tree::Op, Tree left, Tree right);

// In lower case, with parentheses where something binds looser than `atLeast`.
std::string write(const Tree&, Binding atLeast = kLoosest);

}  // namespace cambium::dialect::mariadb
