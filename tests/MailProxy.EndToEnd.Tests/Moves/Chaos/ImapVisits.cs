using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>A user's IMAP sessions, one after the other: each reads what is new, and then waits in IDLE or appends and fetches.</summary>
internal sealed partial class ImapVisits(ChaosCluster cluster, ChaosUser user, ChaosDice dice, ChaosJournal journal, int pause, bool appends)
{
    private readonly string _kind = appends ? "imap append" : "imap idle";
    private uint _nextUid = 1;
    private int _appended;
    private double? _farewell;
    private bool _isWell;

    /// <summary>Until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var proxy = dice.Next(ChaosCluster.Size);
            var began = ChaosClock.Now;
            _isWell = false;
            try
            {
                await using var imap = await StrictImap.ConnectAsync(cluster.ImapPort(proxy));
                await VisitAsync(imap, proxy, stop);
            }
            catch (ChaosByeException bye)
            {
                journal.Count($"{_kind}: goodbyes");
                journal.Note(user.Name, $"{_kind} by proxy-{proxy + 1}: {bye.Message}");
                _isWell = true;
                _farewell ??= bye.Message.Contains("moved", StringComparison.Ordinal) ? ChaosClock.Now : null;
            }
            catch (ChaosCutException cut)
            {
                ChaosFaults.Note(journal, user.Name, _kind, ChaosCluster.ProxyName(proxy), began, cut);
            }
            catch (ChaosCorruptException corrupt)
            {
                journal.Violate(user.Name, $"{_kind} by proxy-{proxy + 1}: {corrupt.Message}");
            }
            catch (SocketException)
            {
                journal.Count($"{_kind}: no connection");
            }

            // A goodbye is answered at once, as clients do; whoever was refused or cut waits a moment.
            await Beat.WaitAsync(_isWell && (!appends || _farewell is not null) ? 50 : dice.Around(Math.Max(pause, 1_000)), CancellationToken.None);
        }
    }

    private async Task VisitAsync(StrictImap imap, int proxy, CancellationToken stop)
    {
        var before = user.Acknowledged;
        var began = ChaosClock.Now;
        var verdict = await imap.CommandAsync($"LOGIN {user.Name} secret");
        journal.Took("imap logins, all", ChaosClock.Now - began);
        if (!verdict.StartsWith("OK", StringComparison.Ordinal))
        {
            ChaosFaults.JudgeRefusal(journal, user.Name, $"{_kind} by proxy-{proxy + 1}", verdict);
            return;
        }

        journal.Count($"{_kind}: logins");
        if (_farewell is { } farewell)
        {
            // From the goodbye to the login that follows it: what a client notices of a move.
            journal.Took("away for a move", ChaosClock.Now - farewell);
            _farewell = null;
        }

        if (!await SelectAsync(imap, before) || !await ReadNewsAsync(imap))
        {
            return;
        }

        await (appends ? AppendAsync(imap) : WaitAsync(imap, stop));
        _isWell = true;
        await imap.LogOutAsync();
    }

    private async Task<bool> SelectAsync(StrictImap imap, int before)
    {
        if (!await IsDoneAsync(imap, "SELECT INBOX"))
        {
            return false;
        }

        var exists = imap.Untagged.Select(line => ExistsPattern().Match(line)).Last(match => match.Success);
        user.SeeCount(int.Parse(exists.Groups[1].ValueSpan, CultureInfo.InvariantCulture), before, _kind);
        var validity = imap.Untagged.Select(line => ValidityPattern().Match(line)).Last(match => match.Success);
        user.SeeValidity(uint.Parse(validity.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        return true;
    }

    private async Task<bool> ReadNewsAsync(StrictImap imap)
    {
        if (!await IsDoneAsync(imap, string.Create(CultureInfo.InvariantCulture, $"UID FETCH {_nextUid}:* (UID BODY.PEEK[])")))
        {
            return false;
        }

        var last = 0u;
        foreach (var line in imap.Untagged.Where(line => line.Contains(" BODY[] {", StringComparison.Ordinal)))
        {
            var uid = uint.Parse(UidPattern().Match(line).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var content = line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..^1];
            var id = IdPattern().Match(content).Groups[1].Value;
            user.See(uid, id, _kind);
            user.Read(id, content, _kind);
            if (uid <= last)
            {
                journal.Violate(user.Name, $"{_kind}: UID {uid} comes behind {last}");
            }

            last = uid;
            _nextUid = Math.Max(_nextUid, uid + 1);
            journal.Count("messages read by imap");
        }

        return true;
    }

    private async Task WaitAsync(StrictImap imap, CancellationToken stop)
    {
        for (var round = 0; round < 3 && !stop.IsCancellationRequested; round++)
        {
            var tag = await imap.BeginAsync("IDLE");
            var enough = Beat.WaitAsync(dice.Around(Math.Max(pause, 5_000)), stop);
            var next = imap.ReadAsync();
            while (await Task.WhenAny(next, enough) == next)
            {
                await next;
                next = imap.ReadAsync();
            }

            await imap.SayAsync("DONE\r\n");
            while (!(await next).StartsWith(tag + " ", StringComparison.Ordinal))
            {
                next = imap.ReadAsync();
            }

            if (!await ReadNewsAsync(imap))
            {
                return;
            }
        }
    }

    private async Task AppendAsync(StrictImap imap)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"append-{user.Name.Split('@')[0]}-{++_appended}");
        var message = Messages.Make(id, dice.Percent(10) ? 3_000 : 5);
        user.Attempt(id, message);
        var tag = await imap.BeginAsync(string.Create(CultureInfo.InvariantCulture, $"APPEND INBOX {{{message.Length}}}"));
        var answer = await imap.ReadAsync();
        while (answer.StartsWith("* ", StringComparison.Ordinal))
        {
            answer = await imap.ReadAsync();
        }

        if (!answer.StartsWith('+'))
        {
            journal.Note(user.Name, $"{_kind}: {answer}");
            return;
        }

        // In two pieces, so that a move may come between them.
        await imap.SayAsync(message[..(message.Length / 2)]);
        await Beat.WaitAsync(dice.Next(50), CancellationToken.None);
        await imap.SayAsync(message[(message.Length / 2)..] + "\r\n");
        answer = await imap.EndAsync(tag);
        journal.Note(user.Name, $"{_kind} of {id}: {answer}");
        if (answer.StartsWith("OK [APPENDUID ", StringComparison.Ordinal))
        {
            user.Acknowledge(id);
            user.See(uint.Parse(answer.Split(' ', ']')[3], CultureInfo.InvariantCulture), id, _kind);
            journal.Count("messages acknowledged by append");
            await ReadNewsAsync(imap);
        }
    }

    private async Task<bool> IsDoneAsync(StrictImap imap, string command)
    {
        var verdict = await imap.CommandAsync(command);
        if (!verdict.StartsWith("OK", StringComparison.Ordinal))
        {
            ChaosFaults.JudgeRefusal(journal, user.Name, $"{_kind}, {command}", verdict);
            return false;
        }

        return true;
    }

    [GeneratedRegex(@"^\* (\d+) EXISTS$")]
    private static partial Regex ExistsPattern();

    [GeneratedRegex(@"\[UIDVALIDITY (\d+)\]")]
    private static partial Regex ValidityPattern();

    [GeneratedRegex(@"[( ]UID (\d+)[ )]")]
    private static partial Regex UidPattern();

    [GeneratedRegex("Message-ID: <([^@]+)@example.net>")]
    private static partial Regex IdPattern();
}
