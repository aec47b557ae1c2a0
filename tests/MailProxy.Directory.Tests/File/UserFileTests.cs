using System.Text;
using MailProxy.Directory.File;
using Xunit;

namespace MailProxy.Directory.Tests.File;

public sealed class UserFileTests
{
    [Fact]
    public void Every_error_is_listed_at_once_with_its_line_and_place()
    {
        string[] errors = UserFiles.Errors(
            """
            {
              "domain": ["example.org"],
              "domains": ["example.org", "exa mple", "Example.ORG"],
              "users": [
                {"name": "alice@example.org", "password": "hunter2"},
                {"name": "alice@example.com", "password": "{PLAIN}x", "hom": "store-1"},
                {"password": "{PLAIN}x", "disabled": "yes"},
                {"name": "bob@example.org", "password": "{PLAIN}x", "home": "a b", "attributes": {"a": [], "B": 1, "b": 2}},
                {"name": "BOB@example.org", "password": "{PLAIN}x", "aliases": [7], "mayActAs": ["nobody@example.org", "x y@example.org"]},
                "carol"
              ],
              "aliases": {"team@example.org": "bob@example.org", "bob@example.org": ["bob@example.org"], "none@example.org": []}
            }
            """);

        Assert.Equal(
            [
                "line 2, /domain: is not known here; known are domains, users, aliases",
                "line 3, /domains/1: is not a domain",
                "line 3, /domains/2: example.org is here twice; keep one",
                "line 5, /users/0/password: has no scheme; write what 'doveadm pw' or 'slappasswd' print, or {PLAIN} and the password",
                "line 6, /users/1/hom: is not known here; known are name, password, passwords, home, aliases, disabled, expired, attributes, mayActAs",
                "line 6, /users/1/name: example.com is not among \"domains\"; add it there",
                "line 7, /users/2: has no \"name\"",
                "line 7, /users/2/disabled: must be true or false",
                "line 8, /users/3/home: is not a store id: 1 to 128 characters without blanks",
                "line 8, /users/3/attributes/a: must be a string, a number or true or false",
                "line 8, /users/3/attributes/b: is here twice (the case of attribute names does not count); keep one",
                "line 9, /users/4/mayActAs/1: is not a name of the form user@domain",
                "line 9, /users/4/aliases/0: must be a string",
                "line 9, /users/4/name: bob@example.org is already taken by /users/3/name (line 8)",
                "line 9, /users/4/mayActAs/0: no user of this file is named nobody@example.org",
                "line 10, /users/5: must be an object with name, password, passwords, home, aliases, disabled, expired, attributes, mayActAs",
                "line 12, /aliases/team@example.org: must be an array of addresses",
                "line 12, /aliases/bob@example.org: bob@example.org is already taken by /users/3/name (line 8)",
                "line 12, /aliases/none@example.org: stands for nobody; name at least one user",
            ],
            errors);
        Assert.DoesNotContain(errors, error => error.Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "line 1: is not JSON from octet 1 of this line on")]
    [InlineData("{\n  \"users\": [}", "line 2: is not JSON from octet 13 of this line on")]
    [InlineData("{} {}", "line 1: is not JSON from octet 4 of this line on")]
    [InlineData("[]", "line 1: must be an object with domains, users, aliases")]
    [InlineData("null", "line 1: must be an object with domains, users, aliases")]
    [InlineData("{}", "line 1: names no domain: write \"domains\": [\"example.org\"] with the domains of the users")]
    [InlineData("{\"domains\": \"example.org\"}", "line 1, /domains: must be an array of strings")]
    [InlineData("{\"domains\": [\"example.org\"],\n\"domains\": [\"example.org\"]}", "line 2, /domains: is here twice; keep one")]
    [InlineData("{\"domains\": [\"example.org\"], \"users\": {}}", "line 1, /users: must be an array")]
    [InlineData("{\"domains\": [\"example.org\"], \"x/y~z\": 1}", "line 1, /x~1y~0z: is not known here; known are domains, users, aliases")]
    [InlineData("{\"domains\": [\"\\ud800\"]}", "line 1: holds a string that is not valid UTF-8 (or half a surrogate pair)")]
    public void What_is_no_users_file_is_refused(string json, string error) => Assert.Contains(error, UserFiles.Errors(json));

    [Fact]
    public void A_syntax_error_does_not_quote_the_password_it_stands_in()
    {
        string[] errors = UserFiles.Errors("{\"users\": [{\"password\": nhunter2}]}");

        Assert.DoesNotContain("hunter2", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Octets_that_are_not_utf_8_are_refused()
    {
        byte[] octets = [.. Encoding.UTF8.GetBytes("{\"domains\": [\""), 0xFF, .. Encoding.UTF8.GetBytes("\"]}")];

        Assert.Contains("not valid UTF-8", Assert.Single(UserFile.Parse(octets, "").Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        string deep = new string('[', 100_000);

        Assert.Single(UserFiles.Errors(deep));
    }

    [Fact]
    public void However_much_of_the_file_is_missing_it_is_an_error_and_nothing_worse()
    {
        byte[] octets = Encoding.UTF8.GetBytes(UserFiles.Example);

        for (int length = 0; length < octets.AsSpan().LastIndexOf((byte)'}'); length++)
        {
            Assert.Single(UserFile.Parse(octets.AsSpan(0, length), "").Errors);
        }
    }

    [Fact]
    public void A_byte_order_mark_is_ignored() =>
        Assert.Empty(UserFile.Parse([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(UserFiles.Example)], "").Errors);

    [Fact]
    public void The_default_domain_must_be_one_of_the_files()
    {
        Assert.Equal("example.net", UserFiles.Table(UserFiles.Example, "Example.NET").DefaultDomain);
        Assert.Equal(
            "line 3, /domains: the configured DefaultDomain 'example.com' is not among the domains; add it or change DefaultDomain",
            Assert.Single(UserFiles.Errors(UserFiles.Example, "example.com")));
    }

    [Theory]
    [InlineData("\"a@example.org\": [\"a@example.org\"]", "/aliases/a@example.org: is an alias of itself: a@example.org -> a@example.org")]
    [InlineData(
        "\"x@example.org\": [\"a@example.org\"], \"a@example.org\": [\"b@example.org\"], \"b@example.org\": [\"a@example.org\"]",
        "/aliases/a@example.org: is an alias of itself: a@example.org -> b@example.org -> a@example.org")]
    [InlineData("\"a@example.org\": [\"nobody@example.org\"]", "/aliases/a@example.org/0: nobody@example.org is neither a user nor an alias of this file")]
    [InlineData("\"a@example.org\": [\"who@example.com\"]", "/aliases/a@example.org/0: example.com is not among \"domains\"; add it there")]
    public void Aliases_must_lead_to_users(string aliases, string error) =>
        Assert.Equal($"line 1, {error}", Assert.Single(UserFiles.Errors(UserFiles.With(UserFiles.User("alice@example.org"), aliases))));

    [Theory]
    [InlineData(GroupResolver.MaxDepth, true, false)]
    [InlineData(GroupResolver.MaxDepth, true, true)]
    [InlineData(GroupResolver.MaxDepth + 1, false, false)]
    [InlineData(GroupResolver.MaxDepth + 1, false, true)]
    public void Aliases_of_aliases_have_a_bounded_depth(int depth, bool accepted, bool deepestFirst)
    {
        IEnumerable<string> chain = Enumerable.Range(1, depth)
            .Select(n => $"\"a{n}@example.org\": [\"{(n == depth ? "alice" : $"a{n + 1}")}@example.org\"]");
        string json = UserFiles.With(UserFiles.User("alice@example.org"), string.Join(", ", deepestFirst ? chain.Reverse() : chain));

        Assert.Equal(accepted, UserFile.Parse(Encoding.UTF8.GetBytes(json), "").Errors.Count == 0);
    }

    [Theory]
    [InlineData(GroupResolver.MaxUsers, true)]
    [InlineData(GroupResolver.MaxUsers + 1, false)]
    public void An_alias_stands_for_a_bounded_number_of_users(int count, bool accepted)
    {
        string[] names = [.. Enumerable.Range(1, count).Select(n => $"u{n}@example.org")];
        string aliases = $"\"all@example.org\": [{string.Join(", ", names.Select(name => $"\"{name}\""))}]";
        string json = UserFiles.With(string.Join(", ", names.Select(name => UserFiles.User(name))), aliases);

        Assert.Equal(accepted, UserFile.Parse(Encoding.UTF8.GetBytes(json), "").Errors.Count == 0);
    }
}
