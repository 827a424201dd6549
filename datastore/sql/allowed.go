package sql

import "strings"

// What a statement may be made of. All else is refused: that a node or a
// function is harmless must be known of it before it is here.

// nodes are the parts of a statement that are no expressions.
var nodes = set(`SELECT_NODE SET_OPERATION_NODE CTE_NODE BASE_TABLE JOIN SUBQUERY EMPTY
	ORDER_MODIFIER LIMIT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING DECIMAL_TYPE_INFO`)

// classes are the kinds of expressions.
var classes = set(`COLUMN_REF CONSTANT FUNCTION CONJUNCTION COMPARISON BETWEEN CASE CAST OPERATOR STAR SUBQUERY WINDOW`)

// operators are what an expression of the class OPERATOR may be.
var operators = set(`OPERATOR_NOT OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL COMPARE_IN COMPARE_NOT_IN OPERATOR_COALESCE OPERATOR_NULLIF ARRAY_CONSTRUCTOR`)

// types are what values may be and be cast to.
var types = set(`BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT DECIMAL FLOAT DOUBLE VARCHAR CHAR DATE TIME TIMESTAMP
	TIMESTAMP_TZ INTERVAL UUID NULL SQLNULL INTEGER_LITERAL STRING_LITERAL`, "TIMESTAMP WITH TIME ZONE", "TIME WITH TIME ZONE")

// functions are what may be called: none that makes much of little (repeat,
// lpad, range), reads a setting, a file or the catalog, or runs text as SQL.
var functions = set(`abs avg count count_star sum min max round ceil ceiling floor trunc mod sqrt cbrt ln log log10 exp power pow sign greatest least
	degrees radians pi sin cos tan asin acos atan atan2 random
	upper lower initcap length char_length character_length substr substring position strpos trim btrim ltrim rtrim replace split_part translate ascii chr
	concat concat_ws left right reverse starts_with coalesce nullif md5
	date_trunc date_part datepart extract year month day hour minute second quarter week dayofweek age to_char to_date to_timestamp make_date strftime strptime
	to_days to_hours to_minutes to_seconds to_months to_years to_weeks
	now current_date get_current_timestamp string_agg listagg group_concat array_agg list any_value bool_and bool_or every bit_and bit_or
	stddev stddev_samp stddev_pop variance var_samp var_pop corr covar_pop covar_samp regr_slope regr_intercept regr_r2
	median quantile_cont quantile_disc percentile_cont percentile_disc mode
	row_number rank dense_rank lag lead first_value last_value nth_value ntile percent_rank cume_dist
	regexp_matches regexp_full_match regexp_replace regexp_extract
	@@ to_tsquery plainto_tsquery
	+ - * / // % ^ ** || ~~ !~~ ~~* !~~* ~ !~ ~* !~* ~~~ like_escape ilike_escape not_like_escape not_ilike_escape list_value row portico_matches portico_initcap`)

// volatile are the functions whose answer is another at each call.
var volatile = set(`now current_date current_timestamp localtimestamp localtime current_time get_current_timestamp random age`)

// valueNames are names that DuckDB takes for values of its own where no column
// is called so. Those that are true may be read.
var valueNames = map[string]bool{
	"current_date": true, "current_timestamp": true, "localtimestamp": true, "localtime": true, "current_time": true,
	"current_catalog": false, "current_schema": false, "current_role": false, "current_user": false, "session_user": false, "user": false,
	"current_database": false, "current_setting": false,
}

// statements are what PostgreSQL's parser, and so CKAN, calls what is no
// SELECT, by its first word.
var statements = map[string]string{
	"insert": "InsertStmt", "update": "UpdateStmt", "delete": "DeleteStmt", "merge": "MergeStmt", "drop": "DropStmt", "alter": "AlterTableStmt",
	"create": "CreateStmt", "truncate": "TruncateStmt", "explain": "ExplainStmt", "copy": "CopyStmt", "set": "VariableSetStmt", "reset": "VariableSetStmt",
	"show": "VariableShowStmt", "begin": "TransactionStmt", "start": "TransactionStmt", "commit": "TransactionStmt", "rollback": "TransactionStmt",
	"savepoint": "TransactionStmt", "grant": "GrantStmt", "revoke": "GrantStmt", "vacuum": "VacuumStmt", "analyze": "VacuumStmt", "call": "CallStmt",
	"prepare": "PrepareStmt", "execute": "ExecuteStmt", "deallocate": "DeallocateStmt", "load": "LoadStmt", "listen": "ListenStmt", "lock": "LockStmt",
	"do": "DoStmt", "checkpoint": "CheckPointStmt", "declare": "DeclareCursorStmt",
}

// renamed tells the elements for which PostgreSQL has another name.
var renamed = map[string]string{
	"PARAMETER": "ParamRef", "COLLATE": "CollateClause", "LAMBDA": "A_Expr", "SHOW_REF": "VariableShowStmt", "EXPRESSION_LIST": "ValuesLists",
	"RECURSIVE_CTE_NODE": "RecursiveWithClause", "STRUCT_EXTRACT": "A_Indirection", "ARRAY_EXTRACT": "A_Indirection", "ARRAY_SLICE": "A_Indirection",
	"PIVOT": "PivotStmt", "TABLE_FUNCTION": "RangeFunction",
}

func set(words string, more ...string) map[string]bool {
	out := map[string]bool{}
	for _, w := range append(strings.Fields(words), more...) {
		out[w] = true
	}
	return out
}
