using System.Text;
using MailProxy.Directory.Static;
using Xunit;

namespace MailProxy.Directory.Tests.Static;

public sealed class StaticUserDirectoryTests : IAsyncDisposable
{
    private readonly StaticUserDirectory _directory = new(new StaticDirectoryOptions { Password = "{PLAIN}secret", Domains = ["Example.ORG"] });

    [Theory]
    [InlineData("Anyone@example.org", "secret", "", AuthenticationOutcome.Authenticated)]
    [InlineData("anyone@example.org", "secret", "ANYONE@example.org", AuthenticationOutcome.Authenticated)]
    [InlineData("anyone@example.org", "wrong", "", AuthenticationOutcome.WrongPassword)]
    [InlineData("anyone@elsewhere.example", "secret", "", AuthenticationOutcome.NoSuchUser)]
    [InlineData("anyone", "secret", "", AuthenticationOutcome.NoSuchUser)]
    [InlineData("anyone@example.org", "secret", "other@example.org", AuthenticationOutcome.NotAuthorized)]
    public async Task Everybody_of_our_domains_has_the_one_password(string user, string password, string authorize, AuthenticationOutcome outcome)
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(password));
        var result = await _directory.AuthenticateAsync(new AuthenticationRequest(user, authorize, secret, "PLAIN", "imap", null, true), CancellationToken.None);
        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(outcome == AuthenticationOutcome.Authenticated ? "anyone@example.org" : null, result.User?.Name);
    }

    [Theory]
    [InlineData("Someone@Example.org", LookupOutcome.Found)]
    [InlineData("someone@elsewhere.example", LookupOutcome.NotOurDomain)]
    [InlineData("@example.org", LookupOutcome.NotOurDomain)]
    public async Task Every_address_of_our_domains_is_a_user(string address, LookupOutcome outcome) =>
        Assert.Equal(outcome, (await _directory.LookUpAsync(address, CancellationToken.None)).Outcome);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public void It_says_that_it_is_not_for_people_and_refuses_a_password_without_scheme()
    {
        Assert.Contains("not for real users", _directory.Notice, StringComparison.Ordinal);
        Assert.Single(new StaticDirectoryOptions { Password = "secret" }.Validate("Directory:Static"));
    }
}
