using System.Diagnostics;
using MailProxy.Directory.Ldap;
using Xunit;

namespace MailProxy.Directory.Tests.Ldap;

/// <summary>Servers that are away, go, come back, or take their time: never a wrong password, and never for long.</summary>
public sealed class LdapServersTests
{
    // Nobody listens there: port 1 is tcpmux, and connecting is refused at once.
    private const string Nowhere = "ldap://127.0.0.1:1";

    [Fact]
    public async Task The_next_server_is_asked_when_the_first_is_down()
    {
        await using var server = await StartedAsync();
        var options = Directories.Options(server);
        options.Servers = [Nowhere, server.Url];
        await using var directory = await Directories.StartAsync(options);

        Assert.Null(directory.Unreadiness);
        Assert.Contains($"{Nowhere}: ", directory.Notice, StringComparison.Ordinal);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginAsync("alice", "secret")).Outcome);
        Assert.Equal(AuthenticationOutcome.WrongPassword, (await directory.LoginAsync("alice", "wrong")).Outcome);
        Assert.Equal(AuthenticationOutcome.NoSuchUser, (await directory.LoginAsync("ghost", "secret")).Outcome);
    }

    [Theory]
    [InlineData(LdapMode.Bind)]
    [InlineData(LdapMode.Hash)]
    public async Task A_server_that_is_down_at_the_start_is_used_when_it_comes(LdapMode mode)
    {
        await using var server = SlapdServer.Create(Ldif.Example);
        await using var directory = await Directories.StartAsync(Directories.Options(server, mode));

        Assert.Contains(server.Url, directory.Unreadiness, StringComparison.Ordinal);
        var refused = await directory.LoginAsync("alice", "secret");
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, refused.Outcome);
        Assert.Contains(server.Url, refused.Detail, StringComparison.Ordinal);
        Assert.Equal(LookupOutcome.TemporarilyUnavailable, (await directory.LookUpAsync("alice@example.org", CancellationToken.None)).Outcome);

        await server.StartAsync();
        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginUntilAsync(AuthenticationOutcome.Authenticated, "alice", "secret")).Outcome);
        Assert.Null(directory.Unreadiness);
        Assert.Null(directory.Notice);
    }

    [Theory]
    [InlineData(LdapMode.Bind)]
    [InlineData(LdapMode.Hash)]
    public async Task A_server_that_dies_and_comes_back_is_told_from_a_wrong_password(LdapMode mode)
    {
        await using var server = await StartedAsync();
        await using var directory = await Directories.StartAsync(Directories.Options(server, mode));
        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginAsync("alice", "secret")).Outcome);

        var outcomes = new List<AuthenticationOutcome>();
        var stop = false;
        var asking = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
            while (!Volatile.Read(ref stop))
            {
                var result = await directory.LoginAsync("alice", "secret");
                lock (outcomes)
                {
                    outcomes.Add(result.Outcome);
                }

                await timer.WaitForNextTickAsync();
            }
        })).ToArray();
        for (var round = 0; round < 3; round++)
        {
            await server.KillAsync();
            await directory.LoginUntilAsync(AuthenticationOutcome.TemporarilyUnavailable, "alice", "secret");
            Assert.NotNull(directory.Unreadiness);
            await server.StartAsync();
            Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginUntilAsync(AuthenticationOutcome.Authenticated, "alice", "secret")).Outcome);
        }

        Volatile.Write(ref stop, true);
        await Task.WhenAll(asking);
        Assert.Equal([AuthenticationOutcome.Authenticated, AuthenticationOutcome.TemporarilyUnavailable], outcomes.Distinct().Order());
    }

    [Fact]
    public async Task Resting_connections_of_a_server_that_restarted_fail_no_login()
    {
        await using var server = await StartedAsync();
        await using var directory = await Directories.StartAsync(Directories.Options(server));
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginAsync("bob", "secret")).Outcome)));
            await server.KillAsync();
            await server.StartAsync();
        }

        Assert.Null(directory.Unreadiness);
    }

    [Theory]
    [InlineData(LdapMode.Bind)]
    [InlineData(LdapMode.Hash)]
    public async Task A_slow_server_is_temporary_and_in_time(LdapMode mode)
    {
        await using var server = await StartedAsync();
        await using var relay = new SlowRelay(server.Port);
        var options = Directories.Options(server, mode);
        options.Servers = [relay.Url];
        await using var directory = await Directories.StartAsync(options);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginAsync("alice", "secret")).Outcome);

        relay.Hold();
        var clock = Stopwatch.StartNew();
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => directory.LoginAsync("alice", "secret")));
        Assert.All(results, result => Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome));
        Assert.All(results, result => Assert.Contains(relay.Url, result.Detail, StringComparison.Ordinal));
        Assert.True(clock.Elapsed < options.Budget + TimeSpan.FromSeconds(1.5), $"{clock.Elapsed}");
        Assert.NotNull(directory.Unreadiness);

        relay.Release();
        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginUntilAsync(AuthenticationOutcome.Authenticated, "alice", "secret")).Outcome);
    }

    [Fact]
    public async Task While_the_first_server_is_slow_the_second_answers()
    {
        await using var server = await StartedAsync();
        await using var relay = new SlowRelay(server.Port);
        var options = Directories.Options(server);
        options.Servers = [relay.Url, server.Url];
        await using var directory = await Directories.StartAsync(options);
        relay.Hold();

        foreach (var _ in Enumerable.Range(0, 3))
        {
            Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginAsync("alice", "secret")).Outcome);
            Assert.Equal(AuthenticationOutcome.WrongPassword, (await directory.LoginAsync("alice", "wrong")).Outcome);
        }

        Assert.Null(directory.Unreadiness);
        Assert.Contains(relay.Url, directory.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frozen_server_is_temporary_and_thaws()
    {
        await using var server = await StartedAsync();
        await using var directory = await Directories.StartAsync(Directories.Options(server));
        server.Freeze();
        try
        {
            Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await directory.LoginAsync("alice", "secret")).Outcome);
        }
        finally
        {
            server.Thaw();
        }

        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginUntilAsync(AuthenticationOutcome.Authenticated, "alice", "secret")).Outcome);
    }

    [Fact]
    public async Task A_full_line_is_temporary_and_a_cancelled_question_is_never_asked()
    {
        await using var server = await StartedAsync();
        await using var relay = new SlowRelay(server.Port);
        var options = Directories.Options(server);
        (options.Servers, options.Connections, options.Waiting) = ([relay.Url], 1, 2);
        await using var directory = await Directories.StartAsync(options);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginAsync("alice", "secret")).Outcome);
        relay.Hold();

        // One is at the server, two wait in line (the thread may not have taken the first yet: so ask until one is refused).
        using var cancel = new CancellationTokenSource();
        var asked = new List<Task<AuthenticationResult>>();
        while (!asked.Any(task => task.IsCompletedSuccessfully))
        {
            asked.Add(directory.LoginAsync("alice", "secret", cancellationToken: cancel.Token));
        }

        Assert.Contains("Waiting", (await asked.Single(task => task.IsCompleted)).Detail, StringComparison.Ordinal);
        await cancel.CancelAsync();
        foreach (var task in asked.Where(task => !task.IsCompletedSuccessfully))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        }

        relay.Release();
        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginUntilAsync(AuthenticationOutcome.Authenticated, "alice", "secret")).Outcome);
    }

    [Fact]
    public async Task A_refused_service_account_is_no_users_wrong_password()
    {
        await using var server = await StartedAsync();
        await System.IO.File.WriteAllTextAsync(server.PasswordFile, "no longer right\n", TestContext.Current.CancellationToken);
        await using var directory = await Directories.StartAsync(Directories.Options(server));

        Assert.Contains(SlapdServer.ServiceDn, directory.Unreadiness, StringComparison.Ordinal);
        Assert.DoesNotContain("no longer right", directory.Unreadiness, StringComparison.Ordinal);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await directory.LoginAsync("alice", "secret")).Outcome);

        // The file is read again by itself.
        await System.IO.File.WriteAllTextAsync(server.PasswordFile, "service password\n", TestContext.Current.CancellationToken);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginUntilAsync(AuthenticationOutcome.Authenticated, "alice", "secret")).Outcome);

        // Empty, it would make the account nobody.
        await System.IO.File.WriteAllTextAsync(server.PasswordFile, "\n", TestContext.Current.CancellationToken);
        await using var other = await Directories.StartAsync(Directories.Options(server));
        Assert.Contains("is empty", other.Unreadiness, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_its_start_and_after_its_end_it_is_temporarily_unavailable()
    {
        await using var server = await StartedAsync();
        var directory = new LdapUserDirectory(Directories.Options(server), Microsoft.Extensions.Logging.Abstractions.NullLogger<LdapUserDirectory>.Instance, TimeProvider.System);
        Assert.NotNull(directory.Unreadiness);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await directory.LoginAsync("alice", "secret")).Outcome);
        await directory.StartAsync(CancellationToken.None);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginAsync("alice", "secret")).Outcome);
        await directory.DisposeAsync();
        await directory.DisposeAsync();
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await directory.LoginAsync("alice", "secret")).Outcome);
    }

    private static async Task<SlapdServer> StartedAsync()
    {
        var server = SlapdServer.Create(Ldif.Example);
        await server.StartAsync();
        return server;
    }
}
