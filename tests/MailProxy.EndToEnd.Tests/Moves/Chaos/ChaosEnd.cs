using System.Text.RegularExpressions;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Moving;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Moves;
using MailProxy.Store.Moves;
using MailProxy.Store.Moves.Api;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>When all is quiet: every move is brought to its end, and every user is looked at.</summary>
internal sealed partial class ChaosEnd(ChaosCluster cluster, IReadOnlyList<ChaosUser> users, ChaosJournal journal)
{
    private const int Attempts = 5;
    private const int LoginAttempts = 100;

    /// <summary>Resumes whatever stands.</summary>
    public async Task SettleAsync()
    {
        using var ledger = new MoveLedger(new ConsulOptions { Address = cluster.Consul.Authority }, TimeProvider.System);
        var operators = new ChaosOperator(cluster, journal);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var standing = await ledger.ListAsync(CancellationToken.None);
            if (standing.Count == 0)
            {
                return;
            }

            journal.Note("", $"{standing.Count} moves stand at the end");
            await Task.WhenAll(standing.Select(move =>
                operators.RunAsync(users.Single(user => user.Name == move.Move.User), null, MoveRequestKind.Resume, null)));
        }

        foreach (var left in await ledger.ListAsync(CancellationToken.None))
        {
            journal.Violate(left.Move.User, $"a move cannot be finished: {left.Move}");
        }
    }

    /// <summary>Asks stores, Consul and proxies about every user.</summary>
    public async Task CheckAsync()
    {
        using var ledger = new MoveLedger(new ConsulOptions { Address = cluster.Consul.Authority }, TimeProvider.System);
        using var one = Client(0);
        using var two = Client(1);
        using var three = Client(2);
        StoreMoveClient[] stores = [new(one), new(two), new(three)];
        foreach (var user in users)
        {
            var pin = await ledger.PinAsync(user.Name, CancellationToken.None);
            var home = pin?.Store ?? user.FirstHome;
            journal.Note(user.Name, $"END {pin?.ToString() ?? "no pin"}");
            if (pin is { State: not Routing.Pins.PinState.Active } or { Move: not null })
            {
                journal.Violate(user.Name, $"the pin is {pin}");
            }

            foreach (var store in stores)
            {
                CheckStore(user, home, await store.GetAsync(user.Name, CancellationToken.None));
            }

            await CheckMailAsync(user);
        }
    }

    private void CheckStore(ChaosUser user, string home, UserMoveState state)
    {
        journal.Note(user.Name, $"END {state}");
        var serves = state is { Serving: UserServing.Serving, Staged: null };
        if (state.Store == home ? !serves : state.Serving == UserServing.Held || (serves && state.HasMail))
        {
            journal.Violate(user.Name, $"the home is {home}, and this is how a store serves: {state}");
        }

        if (state.Staged is not null)
        {
            journal.Count("staged copies that nobody dropped");
        }
    }

    private async Task CheckMailAsync(ChaosUser user)
    {
        var found = new List<string>();
        try
        {
            await using var imap = await LogInAsync(user);
            await imap.CommandAsync("SELECT INBOX");
            await imap.CommandAsync("UID FETCH 1:* (UID BODY.PEEK[])");
            foreach (var line in imap.Untagged.Where(line => line.Contains(" BODY[] {", StringComparison.Ordinal)))
            {
                var content = line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..^1];
                var match = IdPattern().Match(line);
                found.Add(match.Groups["id"].Value);
                user.Read(found[^1], content, "at the end");
                user.See(uint.Parse(UidPattern().Match(line).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), found[^1], "at the end");
            }
        }
        catch (Exception exception)
        {
            journal.Violate(user.Name, $"cannot be read at the end: {exception.Message}");
        }

        foreach (var twice in found.GroupBy(id => id).Where(group => group.Count() > 1))
        {
            journal.Violate(user.Name, $"{twice.Key} is there {twice.Count()} times");
        }

        foreach (var lost in user.AcknowledgedIds.Except(found))
        {
            journal.Violate(user.Name, $"{lost} was acknowledged and is not there");
        }
    }

    private async Task<StrictImap> LogInAsync(ChaosUser user)
    {
        for (var attempt = 1; ; attempt++)
        {
            var imap = await StrictImap.ConnectAsync(cluster.ImapPort(attempt % ChaosCluster.Size));
            var verdict = await imap.CommandAsync($"LOGIN {user.Name} secret");
            if (verdict.StartsWith("OK", StringComparison.Ordinal))
            {
                return imap;
            }

            await imap.DisposeAsync();
            if (attempt == LoginAttempts)
            {
                throw new InvalidOperationException(verdict);
            }

            await Beat.WaitAsync(200);
        }
    }

    private HttpClient Client(int store)
    {
        var client = PullClients.Create(cluster.Authority.Client("proxy"), cluster.Authority.Authorities, 2);
        client.BaseAddress = new Uri($"https://localhost:{cluster.StoreHttpPort(store)}/");
        return client;
    }

    [GeneratedRegex("Message-ID: <(?<id>[^@]+)@example.net>")]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"[( ]UID (\d+)[ )]")]
    private static partial Regex UidPattern();
}
