namespace MailProxy.Directory.Sql;

// query     = *( quoted / comment / parameter / any )
// quoted    = "'" ... "'"  (twice: itself; in E'...' a backslash escapes)  /  DQUOTE ... DQUOTE  /  "$" [tag] "$" ... "$" [tag] "$"
// comment   = "--" ... LF  /  "/*" ... "*/"  (PostgreSQL nests them)
// parameter = "@" name          not behind "@", "<" or "~": those make it one of PostgreSQL's operators
// name      = ( ALPHA / "_" ) *( ALPHA / DIGIT / "_" )

/// <summary>Finds the parameters of a query: those outside quotes and comments. Pure.</summary>
internal static class SqlScanner
{
    /// <summary>The query in pieces; put together they are the query.</summary>
    public static List<SqlPiece> Scan(string query)
    {
        var pieces = new List<SqlPiece>();
        int textFrom = 0;
        int at = 0;
        while (at < query.Length)
        {
            if (query[at] == '@' && at + 1 < query.Length && IsNameStart(query[at + 1]) && !(at > 0 && query[at - 1] is '@' or '<' or '~'))
            {
                int end = EndOfName(query, at + 1);
                string name = query[(at + 1)..end];
                pieces.Add(new SqlPiece(query[textFrom..at], null, false));
                pieces.Add(new SqlPiece(name, Find(name), true));
                (textFrom, at) = (end, end);
            }
            else
            {
                at = Skip(query, at);
            }
        }

        pieces.Add(new SqlPiece(query[textFrom..], null, false));
        return pieces;
    }

    /// <summary>Behind the quoted text, the comment, the word or the character that begins here.</summary>
    private static int Skip(string query, int at)
    {
        char next = at + 1 < query.Length ? query[at + 1] : '\0';
        switch (query[at])
        {
            case '\'' or '"':
                return EndOfQuoted(query, at, hasEscapes: false);
            case 'E' or 'e' when next == '\'':
                return EndOfQuoted(query, at + 1, hasEscapes: true);
            case '-' when next == '-':
                return query.IndexOf('\n', at) is var line and >= 0 ? line + 1 : query.Length;
            case '/' when next == '*':
                return EndOfComment(query, at);
            case '$':
                return EndOfDollarQuoted(query, at);
            case var c when IsNameStart(c):
                return EndOfWord(query, at);
            default:
                return at + 1;
        }
    }

    private static int EndOfQuoted(string query, int at, bool hasEscapes)
    {
        char quote = query[at];
        for (int i = at + 1; i < query.Length; i++)
        {
            if (hasEscapes && query[i] == '\\')
            {
                i++;
            }
            else if (query[i] == quote)
            {
                // A doubled quote reads as the end of one text and the beginning of the next, with nothing in between: the same.
                return i + 1;
            }
        }

        return query.Length;
    }

    private static int EndOfComment(string query, int at)
    {
        int depth = 0;
        for (int i = at; i + 1 < query.Length; i++)
        {
            if (query[i] == '/' && query[i + 1] == '*')
            {
                depth++;
                i++;
            }
            else if (query[i] == '*' && query[i + 1] == '/')
            {
                i++;
                if (--depth == 0)
                {
                    return i + 1;
                }
            }
        }

        return query.Length;
    }

    private static int EndOfDollarQuoted(string query, int at)
    {
        int end = at + 1 < query.Length && IsNameStart(query[at + 1]) ? EndOfName(query, at + 1) : at + 1;
        if (end >= query.Length || query[end] != '$')
        {
            return at + 1;
        }

        string tag = query[at..(end + 1)];
        return query.IndexOf(tag, end + 1, StringComparison.Ordinal) is var close and >= 0 ? close + tag.Length : query.Length;
    }

    /// <summary>Identifiers may hold dollars, which begin no quoted text there.</summary>
    private static int EndOfWord(string query, int at)
    {
        while (at < query.Length && (query[at] == '$' || IsNameStart(query[at]) || char.IsAsciiDigit(query[at])))
        {
            at++;
        }

        return at;
    }

    private static int EndOfName(string query, int at)
    {
        while (at < query.Length && (IsNameStart(query[at]) || char.IsAsciiDigit(query[at])))
        {
            at++;
        }

        return at;
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or > '\x7f';

    private static SqlParameter? Find(string name) => name.ToUpperInvariant() switch
    {
        "USER" or "ADDRESS" => SqlParameter.User,
        "LOCAL" => SqlParameter.Local,
        "DOMAIN" => SqlParameter.Domain,
        "PROTOCOL" => SqlParameter.Protocol,
        "CLIENT" => SqlParameter.Client,
        "PASSWORD" => SqlParameter.Password,
        _ => null,
    };
}
