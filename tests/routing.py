"""Routing of statements: which relations of tenant tables does a statement use without naming their team?

A distributed database sends a statement to one node if every relation, in every subquery, has the team as a literal or
parameter, or is joined by the team to one that has. Otherwise it asks every shard.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from pglast import ast as typed_ast
from pglast import parse_sql
from pglast.enums import A_Expr_Kind, BoolExprType

from kernel.tenancy import TenantModel

ast: Any = typed_ast  # whose types say of every part that it may be missing
TENANT_TABLES = frozenset(
    model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)
)
TEAM = "team_id"
VALUE = re.compile(r"%s|%\(\w+\)s|(?<![\w$])\$[a-z_]\w*+(?!\$)")
LITERAL = ""  # in place of a relation's name: what the team is compared with


def unrouted(statement: str) -> list[str]:
    """The relations of tenant tables in this SQL, with $1, $name or %s for values, whose team is not named; sorted."""
    numbered = VALUE.sub("$1", statement).replace("%%", "%")
    return sorted({name for raw in parse_sql(numbered) for name in _unrouted(raw.stmt, frozenset())})


def unrouted_of(statements: Iterable[str]) -> dict[str, list[str]]:
    """Those of the statements that cannot be sent to one node, with the relations because of which they cannot."""
    return {statement: relations for statement in statements if (relations := unrouted(statement))}


def _unrouted(node: Any, ctes: frozenset[str]) -> Iterator[str]:
    """Of a node and all below it. Each query must name the team by itself, as a subquery is planned by itself."""
    if isinstance(node, (ast.SelectStmt, ast.UpdateStmt, ast.DeleteStmt, ast.InsertStmt)):
        if node.withClause:
            ctes |= {cte.ctename for cte in node.withClause.ctes}
        yield from _of_query(node, ctes)
    for part in _parts(node):
        yield from _unrouted(part, ctes)


def _of_query(query: Any, ctes: frozenset[str]) -> Iterator[str]:
    if isinstance(query, ast.InsertStmt):
        yield from _of_insert(query)
        return
    relations = {
        (relation.alias.aliasname if relation.alias else relation.relname): relation.relname
        for relation in _relations(query)
    }
    tenants = {name for name, table in relations.items() if table in TENANT_TABLES - ctes}
    named = _named(list(_team_conditions(query, tenants)))
    yield from (relations[name] for name in tenants - named)


def _of_insert(insert: Any) -> Iterator[str]:
    """An INSERT's rows must have the team as a literal, or as a column of a relation, which is checked by itself."""
    if insert.relation.relname not in TENANT_TABLES:
        return
    position = [column.name for column in insert.cols].index(TEAM)
    select = insert.selectStmt
    rows = select.valuesLists or [[target.val for target in select.targetList]]
    # Django inserts many rows by SELECT * FROM unnest(…), which a coordinating node distributes.
    values = [row[position] for row in rows if len(row) > position]
    if not all(_is_literal(value) or isinstance(value, ast.ColumnRef) for value in values):
        yield insert.relation.relname


def _relations(query: Any) -> list[Any]:
    """The relations that a query names in FROM, without those of subqueries."""
    own = [] if isinstance(query, ast.SelectStmt) else [query.relation]
    source = {ast.UpdateStmt: "fromClause", ast.DeleteStmt: "usingClause"}.get(type(query), "fromClause")
    return own + [part for item in getattr(query, source) or () for part in _of_from(item, ast.RangeVar)]


def _of_from(item: Any, kind: Any) -> Iterator[Any]:
    if isinstance(item, ast.JoinExpr):
        yield from _of_from(item.larg, kind)
        yield from _of_from(item.rarg, kind)
    if isinstance(item, kind):
        yield item


def _team_conditions(query: Any, tenants: set[str]) -> Iterator[tuple[str, str]]:
    """The pairs that `WHERE a.team_id = …` and `ON a.team_id = b.team_id` make equal; a value is LITERAL."""
    source = "usingClause" if isinstance(query, ast.DeleteStmt) else "fromClause"
    joins = [join for item in getattr(query, source) or () for join in _of_from(item, ast.JoinExpr)]
    for condition in [query.whereClause, *(join.quals for join in joins)]:
        for part in _conjuncts(condition):
            if isinstance(part, ast.A_Expr) and part.name[0].sval == "=":
                left, right = part.lexpr, part.rexpr
                if part.kind == A_Expr_Kind.AEXPR_IN and len(right) == 1:
                    (right,) = right
                elif part.kind != A_Expr_Kind.AEXPR_OP:
                    continue
                for one in _sides(left, tenants):
                    for other in _sides(right, tenants):
                        yield one, other


def _conjuncts(condition: Any) -> Iterator[Any]:
    if isinstance(condition, ast.BoolExpr) and condition.boolop == BoolExprType.AND_EXPR:
        for part in condition.args:
            yield from _conjuncts(part)
    elif condition:
        yield condition


def _sides(value: Any, tenants: set[str]) -> list[str]:
    """The relations whose team a side of an equation is. Without a relation's name it is that of the only one."""
    if _is_literal(value):
        return [LITERAL]
    if isinstance(value, ast.ColumnRef) and getattr(value.fields[-1], "sval", "") == TEAM:
        if len(value.fields) > 1:
            return [value.fields[-2].sval]
        return list(tenants) if len(tenants) == 1 else []
    return []


def _is_literal(value: Any) -> bool:
    while isinstance(value, ast.TypeCast):
        value = value.arg
    return isinstance(value, (ast.A_Const, ast.ParamRef))


def _named(pairs: Sequence[tuple[str, str]]) -> set[str]:
    """The relations that are equal to a literal, directly or by others."""
    named = {LITERAL}
    while found := {name for pair in pairs if named & set(pair) for name in pair} - named:
        named |= found
    return named


def _parts(node: Any) -> Iterator[Any]:
    """The nodes directly below a node."""
    if isinstance(node, (tuple, list)):
        yield from node
    elif isinstance(node, ast.Node):
        yield from (getattr(node, name) for name in node.__slots__)
