using MailProxy.Directory.Chain;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Directory.Tests.Chain;

public sealed class ProviderChainTests
{
    [Theory]
    [InlineData("ann@one.org", "one", AuthenticationOutcome.Authenticated)]
    [InlineData("ann@ONE.org", "one", AuthenticationOutcome.Authenticated)]
    [InlineData("ann@sub.two.org", "two", AuthenticationOutcome.Authenticated)]
    [InlineData("ann@two.org", "rest", AuthenticationOutcome.Authenticated)]
    [InlineData("ann@elsewhere.org", "rest", AuthenticationOutcome.Authenticated)]
    [InlineData("ann@one.org", "rest", AuthenticationOutcome.WrongPassword)]
    [InlineData("ann@elsewhere.org", "one", AuthenticationOutcome.WrongPassword)]
    [InlineData("ann@elsewhere.org", "two", AuthenticationOutcome.WrongPassword)]
    public async Task A_domain_is_its_providers_own(string user, string password, AuthenticationOutcome expected)
    {
        await using var chain = Chain(("one", ["one.org"]), ("two", ["*.two.org"]), ("rest", []));
        Assert.Equal(expected, await OutcomeAsync(chain, user, password));
    }

    [Fact]
    public async Task Without_a_provider_for_the_domain_nobody_is_there()
    {
        await using var chain = Chain(("one", ["one.org"]));
        Assert.Equal(AuthenticationOutcome.NoSuchUser, await OutcomeAsync(chain, "ann@two.org", "one"));
        Assert.Equal(LookupOutcome.NotOurDomain, (await chain.LookUpAsync("ann@two.org", CancellationToken.None)).Outcome);
        Assert.Equal(LookupOutcome.Found, (await chain.LookUpAsync("ann@one.org", CancellationToken.None)).Outcome);
    }

    [Theory]
    [InlineData(AuthenticationOutcome.NoSuchUser, AuthenticationOutcome.Authenticated)]
    [InlineData(AuthenticationOutcome.WrongPassword, AuthenticationOutcome.WrongPassword)]
    [InlineData(AuthenticationOutcome.Disabled, AuthenticationOutcome.Disabled)]
    [InlineData(AuthenticationOutcome.TemporarilyUnavailable, AuthenticationOutcome.TemporarilyUnavailable)]
    public async Task Only_one_who_does_not_know_the_user_passes_the_question_on(AuthenticationOutcome first, AuthenticationOutcome expected)
    {
        await using var chain = new ProviderChain(
        [
            new ChainLink(new ChainLinkOptions { Name = "first" }, new FixedProvider { Answer = first }),
            new ChainLink(new ChainLinkOptions { Name = "second" }, new FixedProvider { Answer = AuthenticationOutcome.Authenticated }),
        ]);
        var result = await AskAsync(chain, "ann@one.org", "x");
        Assert.Equal(expected, result.Outcome);
        Assert.StartsWith(expected == AuthenticationOutcome.Authenticated ? "second: " : "first: ", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_is_unready_when_all_of_it_is_and_tells_of_a_part_before()
    {
        FixedProvider one = new() { Unreadiness = "away" }, two = new() { Notice = "old" };
        await using var chain = new ProviderChain(
            [new ChainLink(new ChainLinkOptions { Name = "one" }, one), new ChainLink(new ChainLinkOptions { Name = "two" }, two)]);
        Assert.Null(chain.Unreadiness);
        Assert.Equal("one: away; two: old", chain.Notice);
        two.Unreadiness = "gone";
        Assert.Equal("one: away; two: gone", chain.Unreadiness);
        Assert.Null(chain.Notice);
    }

    [Theory]
    [InlineData("no domain", true)]
    [InlineData("*.", true)]
    [InlineData("*.example.org", false)]
    [InlineData("example.org", false)]
    public void Domains_are_judged(string domain, bool isWrong)
    {
        var options = new DirectoryOptions { Provider = "chain", Chain = [Link("x", [domain])] };
        Assert.Equal(isWrong, options.Validate("Directory").Any(error => error.StartsWith("Directory:Chain:0:Domains: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_empty_chain_and_a_chain_in_a_chain_are_errors()
    {
        Assert.StartsWith("Directory:Chain: is empty", Assert.Single(new DirectoryOptions { Provider = "chain" }.Validate("Directory")), StringComparison.Ordinal);
        var nested = new DirectoryOptions { Provider = "chain", Chain = [new ChainLinkOptions { Provider = "chain" }] };
        Assert.StartsWith("Directory:Chain:0:Provider: 'chain' is not a provider", Assert.Single(nested.Validate("Directory")), StringComparison.Ordinal);
    }

    private static IDirectoryProvider Chain(params (string Password, List<string> Domains)[] links) => UserDirectoryFactory.Create(
        new DirectoryOptions { Provider = "chain", Chain = [.. links.Select(link => Link(link.Password, link.Domains))] }, NullLoggerFactory.Instance, TimeProvider.System);

    private static ChainLinkOptions Link(string password, List<string> domains) =>
        new() { Provider = "static", Static = new() { Password = "{PLAIN}" + password }, Domains = domains };

    private static async Task<AuthenticationOutcome> OutcomeAsync(IUserDirectory directory, string user, string password) =>
        (await AskAsync(directory, user, password)).Outcome;

    private static async Task<AuthenticationResult> AskAsync(IUserDirectory directory, string user, string password)
    {
        using var secret = new Secret(System.Text.Encoding.UTF8.GetBytes(password));
        return await directory.AuthenticateAsync(new AuthenticationRequest(user, "", secret, "PLAIN", "imap", null, true), CancellationToken.None);
    }
}
