using CsCheck;
using MailProxy.Directory.Sql;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

public sealed class SqlScannerTests
{
    [Theory]
    [InlineData("SELECT 1 WHERE a=@user", "user")]
    [InlineData("a = @User OR b=@LOCAL||'@'||@domain", "User LOCAL domain")]
    [InlineData("'@user' = \"@user\" AND x = @user", "user")]
    [InlineData("'it''s @user' || @local", "local")]
    [InlineData("E'it\\'s @user' || @local", "local")]
    [InlineData("type'\\' || @local", "local")]
    [InlineData("$$ @user $$ || $tag$ @user $$ @user $tag$ || @local", "local")]
    [InlineData("a$b$ || @local", "local")]
    [InlineData("$1 || @local", "local")]
    [InlineData("-- @user\n@local -- @user", "local")]
    [InlineData("/* @user /* @user */ @user */ @local /* @user", "local")]
    [InlineData("a <@tags AND b @> c AND d @@ e AND x ~@y AND @local = z", "local")]
    [InlineData("@user@user", "user user")]
    [InlineData("@ user @1 @", "")]
    [InlineData("'never closed @user", "")]
    [InlineData("f(@nobody)", "nobody")]
    public void Parameters_are_those_outside_quotes_and_comments(string query, string names) =>
        Assert.Equal(names, string.Join(' ', SqlScanner.Scan(query).Where(piece => piece.IsParameter).Select(piece => piece.Text)));

    [Fact]
    public void The_pieces_are_the_query() =>
        Gen.String[Gen.OneOf(Gen.Char["'\"$@-/*Ee\\\n aut1_<"], Gen.Char[' ', '~']), 0, 60].Sample(query =>
            string.Concat(SqlScanner.Scan(query).Select(piece => piece.IsParameter ? $"@{piece.Text}" : piece.Text)) == query);

    [Fact]
    public void Each_database_gets_its_own_form()
    {
        Assert.True(SqlQueryParser.TryParse(SqlQueryKind.User, "a = @User OR (b = @local AND c = @domain) OR d = @USER", out SqlQuery? query, out _));
        Assert.Equal("a = $1 OR (b = $2 AND c = $3) OR d = $1", query.Positional);
        Assert.Equal("a = @user OR (b = @local AND c = @domain) OR d = @user", query.Named);
        Assert.False(query.JudgesPassword);
    }

    [Theory]
    [InlineData("User", "SELECT 1", "uses neither @user nor @local")]
    [InlineData("User", "SELECT @password", "uses neither @user nor @local")]
    [InlineData("User", "SELECT @user, @usr", "@usr is no parameter of it; there are: @user, @local, @domain, @protocol, @client, @password")]
    [InlineData("Address", "SELECT @user, @password", "@password is no parameter of it; there are: @user, @local, @domain")]
    [InlineData("Domain", "SELECT 1", "does not use @domain")]
    [InlineData("Domain", "SELECT @user", "@user is no parameter of it; there are: @domain")]
    public void A_query_that_cannot_be_meant_is_refused(string kind, string text, string problem)
    {
        Assert.False(SqlQueryParser.TryParse(Enum.Parse<SqlQueryKind>(kind), text, out _, out string? error));
        Assert.StartsWith(problem, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void The_longest_query_is_bounded(int more, bool isGood) =>
        Assert.Equal(isGood, SqlQueryParser.TryParse(SqlQueryKind.User, "@user".PadRight(SqlQueryParser.MaxCharacters + more), out _, out _));
}
