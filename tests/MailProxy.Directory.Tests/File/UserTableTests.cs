using MailProxy.Directory.File;
using Xunit;

namespace MailProxy.Directory.Tests.File;

public sealed class UserTableTests
{
    private readonly UserTable _table = UserFiles.Table(UserFiles.Example, "example.org");

    [Theory]
    [InlineData("alice@example.org", "alice@example.org")]
    [InlineData("ALICE@EXAMPLE.ORG", "alice@example.org")]
    [InlineData("alice", "alice@example.org")]
    [InlineData("al@example.org", "alice@example.org")]
    [InlineData("alice@example.net", "alice@example.org")]
    [InlineData("alice+shopping@example.org", "alice@example.org")]
    [InlineData("alice+a+b@example.org", "alice@example.org")]
    [InlineData("alice+", "alice@example.org")]
    [InlineData("al+shopping@example.org", "alice@example.org")]
    [InlineData("bob+exact@example.org", "bob+exact@example.org")]
    [InlineData("bob+other@example.org", "bob@example.org")]
    [InlineData("dan@example.org", "dan@example.org")]
    [InlineData("team@example.org", "alice@example.org bob@example.org carol@example.org")]
    [InlineData("TEAM+x@example.org", "alice@example.org bob@example.org carol@example.org")]
    [InlineData("everyone@example.org", "alice@example.org bob@example.org carol@example.org dan@example.org")]
    [InlineData("lists+odd@example.org", "bob@example.org")]
    public void An_address_stands_for_its_users(string address, string users)
    {
        LookupResult result = _table.LookUp(address);

        Assert.Equal(LookupOutcome.Found, result.Outcome);
        Assert.Equal(users, string.Join(' ', result.Users.Select(user => user.Name)));
    }

    [Theory]
    [InlineData("nobody@example.org", LookupOutcome.NoSuchUser)]
    [InlineData("nobody", LookupOutcome.NoSuchUser)]
    [InlineData("", LookupOutcome.NoSuchUser)]
    [InlineData("+alice@example.org", LookupOutcome.NoSuchUser)]
    [InlineData("lists@example.org", LookupOutcome.NoSuchUser)]
    [InlineData("bob@example.net", LookupOutcome.NoSuchUser)]
    [InlineData("alice%example.org", LookupOutcome.NoSuchUser)]
    [InlineData("*", LookupOutcome.NoSuchUser)]
    [InlineData("alice@example.com", LookupOutcome.NotOurDomain)]
    [InlineData("alice@sub.example.org", LookupOutcome.NotOurDomain)]
    [InlineData("alice@example.org@example.com", LookupOutcome.NotOurDomain)]
    [InlineData("alice@", LookupOutcome.NotOurDomain)]
    [InlineData("alice@exa\0mple.org", LookupOutcome.NotOurDomain)]
    public void Other_addresses_stand_for_nobody(string address, LookupOutcome outcome)
    {
        LookupResult result = _table.LookUp(address);

        Assert.Equal(outcome, result.Outcome);
        Assert.Empty(result.Users);
    }

    [Fact]
    public void A_user_has_what_the_file_says()
    {
        DirectoryUser alice = Assert.Single(_table.LookUp("alice@example.org").Users);

        Assert.Equal("store-1", alice.Home);
        Assert.Equal(new Dictionary<string, string> { ["quota"] = "1000", ["vip"] = "true", ["group"] = "staff" }, alice.Attributes);
        Assert.Null(Assert.Single(_table.LookUp("bob@example.org").Users).Home);
    }

    [Fact]
    public void Bare_names_belong_to_the_only_domain()
    {
        UserTable one = UserFiles.Table(UserFiles.With(UserFiles.User("alice")));
        UserTable two = UserFiles.Table(UserFiles.Example);

        Assert.Equal("alice@example.org", Assert.Single(one.LookUp("Alice").Users).Name);
        Assert.Equal(LookupOutcome.NoSuchUser, two.LookUp("alice").Outcome);
    }

    [Theory]
    [InlineData("alice@example.org", true)]
    [InlineData("Alice", true)]
    [InlineData("al@example.org", true)]
    [InlineData("alice+detail@example.org", false)]
    [InlineData("team@example.org", false)]
    public void Users_log_in_by_name_and_by_their_own_aliases_only(string name, bool found) =>
        Assert.Equal(found, _table.FindLogin(name) is not null);

    [Fact]
    public void A_name_nobody_has_is_always_compared_with_the_same_users_hash_and_different_names_with_different_ones()
    {
        var seen = new HashSet<string>();
        foreach (int n in Enumerable.Range(0, 200))
        {
            Assert.Same(_table.Decoy($"ghost{n}"), _table.Decoy($"GHOST{n}"));
            seen.Add(_table.Decoy($"ghost{n}").Scheme);
        }

        Assert.Equal(["PLAIN", "SSHA"], seen.Order());
    }

    [Fact]
    public void An_empty_file_compares_with_something_too() =>
        Assert.Equal("PBKDF2-SHA256", UserFiles.Table(UserFiles.With("")).Decoy("ghost").Scheme);
}
