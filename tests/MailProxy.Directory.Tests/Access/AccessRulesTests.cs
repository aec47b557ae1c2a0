using System.Net;
using MailProxy.Directory.Access;
using Xunit;

namespace MailProxy.Directory.Tests.Access;

public sealed class AccessRulesTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", AuthenticationOutcome.Authenticated)]
    [InlineData("10.0.0.0/8", "11.1.2.3", AuthenticationOutcome.NotAuthorized)]
    [InlineData("192.0.2.7", "192.0.2.7", AuthenticationOutcome.Authenticated)]
    [InlineData("192.0.2.7", "192.0.2.8", AuthenticationOutcome.NotAuthorized)]
    [InlineData("192.0.2.7,10.0.0.0/8 2001:db8::/32", "2001:db8::1", AuthenticationOutcome.Authenticated)]
    [InlineData("192.0.2.7, 10.0.0.0/8", "::ffff:10.0.0.1", AuthenticationOutcome.Authenticated)]
    [InlineData("2001:db8::/32", "10.0.0.1", AuthenticationOutcome.NotAuthorized)]
    [InlineData("", "10.0.0.1", AuthenticationOutcome.NotAuthorized)]
    [InlineData("10.0.0.0/8", null, AuthenticationOutcome.NotAuthorized)]
    [InlineData("10.0.0.0/8, office", "10.0.0.1", AuthenticationOutcome.TemporarilyUnavailable)]
    [InlineData("10.0.0.0/33", "10.0.0.1", AuthenticationOutcome.TemporarilyUnavailable)]
    [InlineData("10.0.0.1/8", "10.0.0.1", AuthenticationOutcome.Authenticated)]
    public void Networks_are_kept_to(string nets, string? client, AuthenticationOutcome expected) =>
        Assert.Equal(expected, Judge(AccessRules.Nets, nets, "imap", client));

    [Theory]
    [InlineData("imap", "imap", AuthenticationOutcome.Authenticated)]
    [InlineData("IMAP, submission", "imap", AuthenticationOutcome.Authenticated)]
    [InlineData("pop3 submission", "imap", AuthenticationOutcome.NotAuthorized)]
    [InlineData("", "imap", AuthenticationOutcome.NotAuthorized)]
    public void Protocols_are_kept_to(string protocols, string protocol, AuthenticationOutcome expected) =>
        Assert.Equal(expected, Judge(AccessRules.Protocols, protocols, protocol, "10.0.0.1"));

    [Fact]
    public void Other_attributes_and_other_outcomes_change_nothing()
    {
        Assert.Equal(AuthenticationOutcome.Authenticated, Judge("quota", "x", "imap", null));
        var wrong = new AuthenticationResult(AuthenticationOutcome.WrongPassword, User("protocols", ""));
        Assert.Same(wrong, AccessRules.Judge(Request("imap", null), wrong));
    }

    private static AuthenticationOutcome Judge(string name, string value, string protocol, string? client) =>
        AccessRules.Judge(Request(protocol, client), new AuthenticationResult(AuthenticationOutcome.Authenticated, User(name, value))).Outcome;

    private static DirectoryUser User(string name, string value) => new("a@example.org", null, new Dictionary<string, string> { [name] = value });

    private static AuthenticationRequest Request(string protocol, string? client) =>
        new("a", "", new Secret([]), "PLAIN", protocol, client is null ? null : new IPEndPoint(IPAddress.Parse(client), 1), true);
}
