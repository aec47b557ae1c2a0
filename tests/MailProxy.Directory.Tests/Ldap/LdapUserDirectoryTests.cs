using MailProxy.Directory.Ldap;
using MailProxy.Directory.Tests.OAuth;
using MailProxy.Directory.Tests.Proofs;
using Xunit;

namespace MailProxy.Directory.Tests.Ldap;

/// <summary>One slapd that is well.</summary>
public sealed class LdapUserDirectoryTests : IAsyncLifetime
{
    private SlapdServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = SlapdServer.Create(Ldif.Example);
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(LdapMode.Bind)]
    [InlineData(LdapMode.Hash)]
    public async Task Credentials_get_their_verdict(LdapMode mode)
    {
        await using var directory = await Directories.StartAsync(Directories.Options(_server, mode));
        Assert.Null(directory.Unreadiness);
        Assert.Null(directory.Notice);
        foreach (var (name, actAs, password, outcome, user) in new[]
        {
            ("alice@example.org", "", "secret", AuthenticationOutcome.Authenticated, "alice@example.org"),
            ("ALICE", "", "secret", AuthenticationOutcome.Authenticated, "alice@example.org"),
            ("alice", "Alice@Example.Org", "secret", AuthenticationOutcome.Authenticated, "alice@example.org"),
            ("alice", "alice", "secret", AuthenticationOutcome.Authenticated, "alice@example.org"),
            ("alice", "bob@example.org", "secret", AuthenticationOutcome.Authenticated, "bob@example.org"),
            ("alice", "dan@example.org", "secret", AuthenticationOutcome.Disabled, "dan@example.org"),
            ("alice", "carol@example.org", "secret", AuthenticationOutcome.NotAuthorized, null),
            ("alice", "ghost@example.org", "secret", AuthenticationOutcome.NotAuthorized, null),
            ("alice", "bob@example.org", "wrong", AuthenticationOutcome.WrongPassword, null),
            ("bob", "alice@example.org", "secret", AuthenticationOutcome.NotAuthorized, null),
            ("alice", "", "Secret", AuthenticationOutcome.WrongPassword, null),
            ("alice", "", "", AuthenticationOutcome.WrongPassword, null),
            ("alice", "", "secret\0x", AuthenticationOutcome.WrongPassword, null),
            ("alice", "", "\0", AuthenticationOutcome.WrongPassword, null),
            ("hashed", "", "secret", AuthenticationOutcome.Authenticated, "hashed@example.org"),
            ("hashed", "", "wrong", AuthenticationOutcome.WrongPassword, null),
            ("ghost", "", "secret", AuthenticationOutcome.NoSuchUser, null),
            ("", "", "secret", AuthenticationOutcome.NoSuchUser, null),
            ("a b", "", "secret", AuthenticationOutcome.NoSuchUser, null),
            ("al@example.org", "", "secret", AuthenticationOutcome.NoSuchUser, null),
            ("team", "", "secret", AuthenticationOutcome.NoSuchUser, null),
            ("dan", "", "secret", AuthenticationOutcome.Disabled, "dan@example.org"),
            ("dan", "", "wrong", AuthenticationOutcome.WrongPassword, null),
            ("carol", "", "secret", AuthenticationOutcome.Expired, "carol@example.org"),
            ("carol", "", "wrong", AuthenticationOutcome.WrongPassword, null),
            ("long", "", new string('x', 8192), AuthenticationOutcome.Authenticated, "long@example.org"),
            ("long", "", new string('x', 8191), AuthenticationOutcome.WrongPassword, null),
            ("alice", "", new string('x', 8192), AuthenticationOutcome.WrongPassword, null),
        })
        {
            // Twice: nothing is left of the first time.
            foreach (var time in new[] { 1, 2 })
            {
                // One character is a hash's limit of its own: what it cannot judge is no wrong password.
                if (mode == LdapMode.Hash && name == "long")
                {
                    Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await directory.LoginAsync(name, password, actAs)).Outcome);
                    continue;
                }

                var result = await directory.LoginAsync(name, password, actAs);
                Assert.True(outcome == result.Outcome && user == result.User?.Name, $"{name} as '{actAs}', time {time}: {result}");
            }
        }
    }

    [Fact]
    public async Task Proofs_are_compared_with_what_the_entry_shows_and_certificates_with_nothing()
    {
        await using var hash = await Directories.StartAsync(Directories.Options(_server, LdapMode.Hash));
        await using var bind = await Directories.StartAsync(Directories.Options(_server, LdapMode.Bind));
        Assert.Equal(AuthenticationOutcome.Authenticated, (await hash.ProveAsync("keys@example.org", "secret")).Outcome);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await hash.ProveAsync("alice@example.org", "secret")).Outcome);
        Assert.Equal(AuthenticationOutcome.WrongPassword, (await hash.ProveAsync("keys@example.org", "wrong")).Outcome);
        Assert.Equal(AuthenticationOutcome.NoSuchUser, (await hash.ProveAsync("ghost@example.org", "secret")).Outcome);
        Assert.Equal(AuthenticationOutcome.Disabled, (await hash.ProveAsync("dan@example.org", "secret")).Outcome);
        var refused = await bind.ProveAsync("alice@example.org", "secret");
        Assert.Equal(AuthenticationOutcome.WrongPassword, refused.Outcome);
        Assert.Contains("can judge PLAIN and LOGIN", refused.Detail, StringComparison.Ordinal);
        foreach (var directory in new[] { hash, bind })
        {
            Assert.Equal(AuthenticationOutcome.Authenticated, await directory.CertifyAsync("alice@example.org"));
            Assert.Equal(AuthenticationOutcome.Authenticated, await directory.CertifyAsync("alice@example.org", authorizationId: "bob@example.org"));
            Assert.Equal(AuthenticationOutcome.NotAuthorized, await directory.CertifyAsync("bob@example.org", authorizationId: "alice@example.org"));
            Assert.Equal(AuthenticationOutcome.Disabled, await directory.CertifyAsync("dan@example.org"));
            Assert.Equal(AuthenticationOutcome.NoSuchUser, await directory.CertifyAsync("ghost@example.org"));
        }
    }

    [Theory]
    [InlineData(LdapMode.Bind)]
    [InlineData(LdapMode.Hash)]
    public async Task Whom_another_vouches_for_is_found_without_a_bind(LdapMode mode)
    {
        await using var directory = await Directories.StartAsync(Directories.Options(_server, mode));
        foreach (var (name, outcome, user) in new[]
        {
            ("ALICE", AuthenticationOutcome.Authenticated, "alice@example.org"),
            ("dan@example.org", AuthenticationOutcome.Disabled, "dan@example.org"),
            ("carol@example.org", AuthenticationOutcome.Authenticated, "carol@example.org"),
            ("ghost@example.org", AuthenticationOutcome.NoSuchUser, null),
            ("*", AuthenticationOutcome.NoSuchUser, null),
        })
        {
            var result = await directory.VouchAsync(name);
            Assert.True(outcome == result.Outcome && user == result.User?.Name, $"{name}: {result}");
        }
    }
}
