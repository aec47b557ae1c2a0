using MailProxy.Directory.Ldap;
using Xunit;

namespace MailProxy.Directory.Tests.Ldap;

public sealed class LdapAddressesTests
{
    [Fact]
    public async Task Addresses_are_users_aliases_nobody_or_not_ours()
    {
        await using var server = SlapdServer.Create(Ldif.Example);
        await server.StartAsync();
        await using var directory = await Directories.StartAsync(Directories.Options(server));
        foreach (var (address, outcome, users) in new[]
        {
            ("alice@example.org", LookupOutcome.Found, "alice"),
            ("Alice@Example.Org", LookupOutcome.Found, "alice"),
            ("alice", LookupOutcome.Found, "alice"),
            ("al@example.org", LookupOutcome.Found, "alice"),
            ("alice+shop@example.org", LookupOutcome.Found, "alice"),
            ("al+shop+more@example.org", LookupOutcome.Found, "alice"),
            ("team@example.org", LookupOutcome.Found, "alice bob"),
            ("team+x@example.org", LookupOutcome.Found, "alice bob"),
            ("all@example.org", LookupOutcome.Found, "alice bob dan"),
            ("circle@example.org", LookupOutcome.Found, "alice bob dan"),
            ("dan@example.org", LookupOutcome.Found, "dan"),
            ("empty@example.org", LookupOutcome.NoSuchUser, ""),
            ("ghost@example.org", LookupOutcome.NoSuchUser, ""),
            ("ghost", LookupOutcome.NoSuchUser, ""),
            ("alice@example.net", LookupOutcome.NoSuchUser, ""),
            ("alice@example.com", LookupOutcome.NotOurDomain, ""),
            ("*@example.org", LookupOutcome.NoSuchUser, ""),
            ("alice@*", LookupOutcome.NotOurDomain, ""),
            ("alice@", LookupOutcome.NotOurDomain, ""),
        })
        {
            var result = await directory.LookUpAsync(address, CancellationToken.None);
            Assert.True(
                result.Outcome == outcome && string.Join(' ', result.Users.Select(user => user.Name.Split('@')[0]).Order()) == users, $"{address}: {result} {string.Join(' ', result.Users)}");
        }

        Assert.Contains("nobody is ghost@example.org", (await directory.LookUpAsync("team@example.org", CancellationToken.None)).Detail, StringComparison.Ordinal);
        var alice = Assert.Single((await directory.LookUpAsync("alice", CancellationToken.None)).Users);
        Assert.Equal("store-1", alice.Home);
        Assert.Equal("10G", alice.Attributes["quota"]);
        Assert.Equal(["10.0.0.0/8", "192.0.2.0/24"], alice.Attributes["mailproxyallownets"].Split(',').Order());
        Assert.Equal(2, alice.Attributes.Count);
    }

    [Fact]
    public async Task A_list_of_domains_is_enough_and_others_are_not_asked_about()
    {
        await using var server = SlapdServer.Create(Ldif.Example);
        await server.StartAsync();
        var options = Directories.Options(server);
        (options.DomainFilter, options.Domains) = ("", ["Example.Org"]);
        await using var directory = await Directories.StartAsync(options);
        await server.KillAsync();

        Assert.Equal(LookupOutcome.NotOurDomain, (await directory.LookUpAsync("alice@example.net", CancellationToken.None)).Outcome);
        Assert.Equal(AuthenticationOutcome.NoSuchUser, (await directory.LoginAsync("alice@example.net", "secret")).Outcome);
        Assert.Equal(LookupOutcome.TemporarilyUnavailable, (await directory.LookUpAsync("ghost@example.org", CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task What_does_not_tell_who_it_is_is_no_verdict()
    {
        await using var server = SlapdServer.Create(Ldif.Example);
        await server.StartAsync();
        await using (var directory = await Directories.StartAsync(Directories.Options(server)))
        {
            var several = await directory.LoginAsync("twin", "secret");
            Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, several.Outcome);
            Assert.Contains("several entries", several.Detail, StringComparison.Ordinal);
        }

        var options = Directories.Options(server);
        options.Base = "ou=nowhere,dc=example,dc=org";
        await using (var directory = await Directories.StartAsync(options))
        {
            var lost = await directory.LoginAsync("alice", "secret");
            Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, lost.Outcome);
            Assert.Contains("ou=nowhere", lost.Detail, StringComparison.Ordinal);
            Assert.Null(directory.Unreadiness);
        }

        options = Directories.Options(server);
        options.Members = 2;
        await using (var directory = await Directories.StartAsync(options))
        {
            Assert.Equal(LookupOutcome.TemporarilyUnavailable, (await directory.LookUpAsync("all@example.org", CancellationToken.None)).Outcome);
        }
    }

    [Fact]
    public async Task Application_passwords_work_in_mode_hash()
    {
        await using var server = SlapdServer.Create(Ldif.Example);
        await server.StartAsync();
        await using var directory = await Directories.StartAsync(Directories.Options(server, LdapMode.Hash));
        foreach (var password in new[] { "secret", "telephone", "tablet" })
        {
            Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginAsync("bob", password)).Outcome);
        }

        Assert.Equal(AuthenticationOutcome.WrongPassword, (await directory.LoginAsync("bob", "tablet2")).Outcome);
        var none = await directory.LoginAsync("nopassword", "secret");
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, none.Outcome);
        Assert.Contains("the right to read it", none.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Application_passwords_have_a_label_and_are_good_for_their_protocols()
    {
        await using var server = SlapdServer.Create(Ldif.Example);
        await server.StartAsync();
        await using var directory = await Directories.StartAsync(Directories.Options(server, LdapMode.Hash));
        foreach (var (user, password, protocol, outcome) in new[]
        {
            ("erin", "phone:1", "imap", AuthenticationOutcome.Authenticated),
            ("erin", "phone:1", "submission", AuthenticationOutcome.Authenticated),
            ("erin", "phone:1", "pop3", AuthenticationOutcome.WrongPassword),
            ("erin", "tab", "pop3", AuthenticationOutcome.Authenticated),
            ("erin", "secret", "imap", AuthenticationOutcome.Expired),
            ("erin", "telephone", "imap", AuthenticationOutcome.WrongPassword),
            ("robot", "robot", "pop3", AuthenticationOutcome.Authenticated),
            ("robot", "robot", "imap", AuthenticationOutcome.WrongPassword),
            ("garbled", "secret", "imap", AuthenticationOutcome.Authenticated),
            ("garbled", "hunter2", "imap", AuthenticationOutcome.TemporarilyUnavailable),
        })
        {
            Assert.Equal((user, password, protocol, outcome), (user, password, protocol, (await directory.LoginAsync(user, password, protocol: protocol)).Outcome));
        }

        Assert.Contains("application password 'tablet'", (await directory.LoginAsync("erin", "tab")).Detail, StringComparison.Ordinal);
        var garbled = await directory.LoginAsync("garbled", "other");
        Assert.Contains("label:protocols:{SCHEME}hash", garbled.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", garbled.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x:imap:{PLAIN}y", true)]
    [InlineData("x::{PLAIN}y", true)]
    [InlineData("x:imap,pop3, sieve:{PLAIN}y:z", true)]
    [InlineData("x:smtp:{PLAIN}y", false)]
    [InlineData("x:imap", false)]
    [InlineData(":imap:{PLAIN}y", false)]
    [InlineData("x:imap:y", false)]
    [InlineData("x:imap:{NOSUCH}y", false)]
    [InlineData("", false)]
    public void Labelled_values_have_one_form(string value, bool isOne) =>
        Assert.Equal((isOne ? 1 : 0, isOne), (StoredPasswords.Parse([], [value]).All.Count, StoredPasswords.Parse([], [value]).Problem is null));

    [Fact]
    public void All_kinds_together_are_bounded()
    {
        string[] own = [.. Enumerable.Range(0, 10).Select(n => $"{{PLAIN}}{n}")];
        string[] labelled = [.. Enumerable.Range(0, 10).Select(n => $"{n}::{{PLAIN}}{n}")];
        Assert.Null(StoredPasswords.Parse(own, labelled[..6]).Problem);
        Assert.Equal((16, "only 16 of 20 passwords are looked at"), (StoredPasswords.Parse(own, labelled).All.Count, StoredPasswords.Parse(own, labelled).Problem));
        Assert.Equal(16, StoredPasswords.Parse([.. own, .. own], labelled).All.Count);
    }

    [Fact]
    public async Task Logins_at_the_same_time_do_not_touch_each_other()
    {
        await using var server = SlapdServer.Create(Ldif.Example);
        await server.StartAsync();
        foreach (var mode in new[] { LdapMode.Bind, LdapMode.Hash })
        {
            await using var directory = await Directories.StartAsync(Directories.Options(server, mode));
            Assert.All(
                await Task.WhenAll(Enumerable.Range(0, 600).Select(async n =>
                {
                    var (name, isRight) = (n % 3 == 0 ? "alice" : "bob", n % 2 == 0);
                    var result = await directory.LoginAsync(name, isRight ? "secret" : "wrong");
                    return isRight ? result.User?.Name == $"{name}@example.org" : result.Outcome == AuthenticationOutcome.WrongPassword;
                })),
                Assert.True);
        }
    }
}
