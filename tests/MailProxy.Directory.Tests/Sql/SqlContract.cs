using MailProxy.Directory.Sql;
using MailProxy.Directory.Tests.OAuth;
using MailProxy.Directory.Tests.Proofs;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>What both databases must do with the default schema and the users of <see cref="SqlRig.Users"/>.</summary>
internal static class SqlContract
{
    public static async Task HoldsAsync(SqlUserDirectory directory)
    {
        await LoginsAsync(directory);
        await ProofsAsync(directory);
        await AddressesAsync(directory);
    }

    private static async Task ProofsAsync(SqlUserDirectory directory)
    {
        foreach (var user in new[] { "alice@example.org:secret", "keys@example.org:keys", "app@example.org:phone" }.Select(text => text.Split(':')))
        {
            AuthenticationResult right = await directory.ProveAsync(user[0], user[1]);
            Assert.Equal((AuthenticationOutcome.Authenticated, user[0]), (right.Outcome, right.User!.Name));
            Assert.Equal(AuthenticationOutcome.WrongPassword, (await directory.ProveAsync(user[0], "wrong")).Outcome);
        }

        Assert.Equal(AuthenticationOutcome.NoSuchUser, (await directory.ProveAsync("nobody@example.org", "secret")).Outcome);
        Assert.Equal(AuthenticationOutcome.Disabled, (await directory.ProveAsync("disabled@example.org", "secret")).Outcome);
        Assert.Equal(AuthenticationOutcome.WrongPassword, (await directory.ProveAsync("app@example.org", "phone", "pop3")).Outcome);
        Assert.Equal(AuthenticationOutcome.NotAuthorized, (await directory.ProveAsync("bob@example.org", "bob", authorizationId: "alice@example.org")).Outcome);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await directory.ProveAsync("broken@example.org", "x")).Outcome);
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.CertifyAsync("alice@example.org"));
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.CertifyAsync("alice@example.org", authorizationId: "bob@example.org"));
        Assert.Equal(AuthenticationOutcome.NotAuthorized, await directory.CertifyAsync("bob@example.org", authorizationId: "alice@example.org"));
        Assert.Equal(AuthenticationOutcome.Disabled, await directory.CertifyAsync("disabled@example.org"));
        Assert.Equal(AuthenticationOutcome.NoSuchUser, await directory.CertifyAsync("nobody@example.org"));
    }

    private static async Task LoginsAsync(SqlUserDirectory directory)
    {
        AuthenticationResult alice = await directory.LogInAsync("Alice@Example.ORG", "secret");
        Assert.Equal(AuthenticationOutcome.Authenticated, alice.Outcome);
        Assert.Equal("alice@example.org", alice.User!.Name);
        Assert.Equal("store-1", alice.User.Home);
        Assert.Equal(new Dictionary<string, string> { ["quota"] = "10G" }, alice.User.Attributes);

        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("alice@example.org", "wrong"));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("alice@example.org", ""));
        Assert.Equal(AuthenticationOutcome.NoSuchUser, await directory.OutcomeAsync("nobody@example.org", "secret"));
        Assert.Equal(AuthenticationOutcome.NoSuchUser, await directory.OutcomeAsync("alice+x@example.org", "secret"));
        Assert.Equal(AuthenticationOutcome.NoSuchUser, await directory.OutcomeAsync("alice", "secret"));

        Assert.Equal(AuthenticationOutcome.Disabled, await directory.OutcomeAsync("disabled@example.org", "secret"));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("disabled@example.org", "wrong"));
        Assert.Equal(AuthenticationOutcome.Expired, await directory.OutcomeAsync("expired@example.org", "secret"));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("expired@example.org", "wrong"));

        AuthenticationResult broken = await directory.LogInAsync("broken@example.org", "x");
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, broken.Outcome);
        Assert.StartsWith("the stored password of broken@example.org has a scheme that is not known", broken.Detail, StringComparison.Ordinal);
        Assert.Null(directory.Unreadiness);

        // Somebody else vouches: no password is compared.
        AuthenticationResult vouched = await directory.VouchAsync("Alice@example.org");
        Assert.Equal((AuthenticationOutcome.Authenticated, "alice@example.org", "store-1"), (vouched.Outcome, vouched.User!.Name, vouched.User.Home));
        Assert.Equal(AuthenticationOutcome.Disabled, (await directory.VouchAsync("disabled@example.org")).Outcome);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.VouchAsync("expired@example.org")).Outcome);
        Assert.Equal(AuthenticationOutcome.NoSuchUser, (await directory.VouchAsync("nobody@example.org")).Outcome);
        Assert.Equal(AuthenticationOutcome.NoSuchUser, (await directory.VouchAsync("alice")).Outcome);

        // Application passwords.
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("app@example.org", "phone", "imap"));
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("app@example.org", "phone", "submission"));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("app@example.org", "phone", "pop3"));
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("app@example.org", "any", "pop3"));
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "pop", "pop3"));
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret", "pop3"));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("alice@example.org", "pop", "imap"));
        Assert.Contains("'phone'", (await directory.LogInAsync("app@example.org", "phone")).Detail, StringComparison.Ordinal);

        // Acting as another.
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret", authorizationId: "ALICE@example.org"));
        Assert.Equal(AuthenticationOutcome.NotAuthorized, await directory.OutcomeAsync("bob@example.org", "bob", authorizationId: "alice@example.org"));
        Assert.Equal(AuthenticationOutcome.NotAuthorized, await directory.OutcomeAsync("alice@example.org", "secret", authorizationId: "app@example.org"));
        Assert.Equal(AuthenticationOutcome.NotAuthorized, await directory.OutcomeAsync("alice@example.org", "secret", authorizationId: "gone@example.org"));
        Assert.Equal(AuthenticationOutcome.Disabled, await directory.OutcomeAsync("alice@example.org", "secret", authorizationId: "disabled@example.org"));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("alice@example.org", "wrong", authorizationId: "bob@example.org"));
        AuthenticationResult acting = await directory.LogInAsync("alice@example.org", "secret", authorizationId: "bob@example.org");
        Assert.Equal((AuthenticationOutcome.Authenticated, "bob@example.org"), (acting.Outcome, acting.User!.Name));
    }

    private static async Task AddressesAsync(SqlUserDirectory directory)
    {
        async Task isAsync(string address, LookupOutcome outcome, params string[] users)
        {
            LookupResult result = await directory.LookUpAsync(address, CancellationToken.None);
            Assert.Equal((outcome, string.Join(' ', users)), (result.Outcome, string.Join(' ', result.Users.Select(user => user.Name).Order())));
        }

        await isAsync("ALICE@example.org", LookupOutcome.Found, "alice@example.org");
        await isAsync("alice+shop@example.org", LookupOutcome.Found, "alice@example.org");
        await isAsync("disabled@example.org", LookupOutcome.Found, "disabled@example.org");
        await isAsync("al@example.org", LookupOutcome.Found, "alice@example.org");
        await isAsync("team@example.org", LookupOutcome.Found, "alice@example.org", "bob@example.org");
        await isAsync("team+x@example.org", LookupOutcome.Found, "alice@example.org", "bob@example.org");
        await isAsync("circle@example.org", LookupOutcome.Found, "bob@example.org");
        await isAsync("nobody@example.org", LookupOutcome.NoSuchUser);
        await isAsync("alice@empty.example.org", LookupOutcome.NoSuchUser);
        await isAsync("alice@elsewhere.example", LookupOutcome.NotOurDomain);
        await isAsync("not an address", LookupOutcome.NoSuchUser);
        Assert.Equal("store-1", (await directory.LookUpAsync("al@example.org", CancellationToken.None)).Users[0].Home);
    }
}
