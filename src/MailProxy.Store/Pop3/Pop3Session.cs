using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using MailProxy.Protocols;
using MailProxy.Protocols.Pop3;
using MailProxy.Protocols.Smtp;
using MailProxy.Store.Access;
using MailProxy.Store.Engine;
using MailProxy.Store.Serving;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Pop3;

/// <summary>One POP3 connection from greeting to goodbye: one loop, a table of commands, and what they share.</summary>
internal sealed class Pop3Session : IAsyncDisposable
{
    // RFC 2449 4: 255 octets for a command. AUTH with its initial response, and XCLIENT, need RFC 4954 4's 12,288.
    private const int LineLimit = 255;
    private const int LongLineLimit = 12_288;

    private static readonly FrozenDictionary<string, (Pop3Phase When, Func<Pop3Session, ReadOnlySequence<byte>, ValueTask> Run)> Commands =
        new Dictionary<string, (Pop3Phase, Func<Pop3Session, ReadOnlySequence<byte>, ValueTask>)>
        {
            ["CAPA"] = (Pop3Phase.BeforeLogin | Pop3Phase.AfterLogin, static (session, _) => session.ListCapabilities()),
            ["STLS"] = (Pop3Phase.BeforeLogin, static (session, _) => session.StartTlsAsync()),
            ["XCLIENT"] = (Pop3Phase.BeforeLogin, static (session, argument) => session.Identify(argument)),
            ["AUTH"] = (Pop3Phase.BeforeLogin, static (session, argument) => new Pop3Login(session).RunAsync(argument)),
            ["STAT"] = (Pop3Phase.AfterLogin, static (session, _) => session.Transaction.Stat()),
            ["LIST"] = (Pop3Phase.AfterLogin, static (session, argument) => session.Transaction.List(argument)),
            ["UIDL"] = (Pop3Phase.AfterLogin, static (session, argument) => session.Transaction.ListUniqueIds(argument)),
            ["RETR"] = (Pop3Phase.AfterLogin, static (session, argument) => session.Transaction.RetrieveAsync(argument)),
            ["TOP"] = (Pop3Phase.AfterLogin, static (session, argument) => session.Transaction.TopAsync(argument)),
            ["DELE"] = (Pop3Phase.AfterLogin, static (session, argument) => session.Transaction.Delete(argument)),
            ["RSET"] = (Pop3Phase.AfterLogin, static (session, _) => session.Transaction.Reset()),
            ["NOOP"] = (Pop3Phase.AfterLogin, static (session, _) => session.Say("+OK")),
            ["QUIT"] = (Pop3Phase.BeforeLogin | Pop3Phase.AfterLogin, static (session, _) => session.QuitAsync()),
        }.ToFrozenDictionary();

    private readonly MaildropLocks _locks;
    private readonly CancellationTokenSource _ending = new();
    private readonly long _start;
    private string _origin = "itself";
    private string? _end;
    private int _junk;
    private int _failedLogins;
    private int _deleted;
    private Pop3Transaction? _transaction;
    private UserVisit? _visit;
    private string _user = "";
    private string _login = "";

    public Pop3Session(
        ConnectionContext connection, IStoreEngine engine, StoreAccess access, Pop3ServerOptions options, MaildropLocks locks, ILogger logger, TimeProvider time)
    {
        Engine = engine;
        Access = access;
        Options = options;
        Logger = logger;
        Time = time;
        _locks = locks;
        _start = time.GetTimestamp();
        Peer = new(connection, options.WriteLimit, time);
    }

    /// <summary>The client.</summary>
    public LineConnection Peer { get; }

    /// <summary>Where the mail is.</summary>
    public IStoreEngine Engine { get; }

    /// <summary>Who may log in.</summary>
    public StoreAccess Access { get; }

    /// <summary>Name and limits.</summary>
    public Pop3ServerOptions Options { get; }

    /// <summary>For events.</summary>
    public ILogger Logger { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Cancelled when the server stops.</summary>
    public CancellationToken Stop { get; private set; }

    /// <summary>For the log.</summary>
    public string ClientName => Peer.Connection.RemoteEndPoint?.ToString() ?? "?";

    private Pop3Transaction Transaction => _transaction!;

    private TimeSpan LoginTimeLeft
    {
        get
        {
            var left = Options.LoginLimit - Time.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Greets, serves, ends.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _ending.Token);
        Stop = either.Token;
        Peer.Write($"+OK {Options.HostName} POP3 ready\r\n");
        while (_end is null)
        {
            await StepAsync(await ReadLineAsync(LongLineLimit));
        }

        await Peer.FlushAsync();
        Report(_end);
    }

    /// <summary>Reads one line within the limit of the present state.</summary>
    public ValueTask<LineRead> ReadLineAsync(int limit) =>
        Peer.ReadLineAsync(limit, _transaction is null ? LoginTimeLeft : Options.IdleLimit, Stop);

    /// <summary>One line of reply.</summary>
    public ValueTask Say(string line)
    {
        Peer.Write(line + "\r\n");
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends the session behind the present command.</summary>
    public void End(string why) => _end ??= why;

    /// <summary>Ends the session because of how a read ended; says so where the protocol has a word for it.</summary>
    public void End(LineReadStatus status)
    {
        // RFC 1939 3: an idle client is left without a word, and nothing is deleted. Before log-in a proxy is told what went wrong.
        var (goodbye, why) = status switch
        {
            LineReadStatus.TooLong => ("-ERR [SYS/PERM] Line too long, goodbye.\r\n", "line too long"),
            LineReadStatus.Idle when _transaction is null => ("-ERR [SYS/TEMP] No log-in in time, goodbye.\r\n", "no log-in in time"),
            LineReadStatus.Idle => ("", "idle"),
            LineReadStatus.Stopping when _ending.IsCancellationRequested => ("-ERR [SYS/TEMP] Your mail is being moved, please connect again.\r\n", "the user is being moved"),
            LineReadStatus.Stopping => ("-ERR [SYS/TEMP] This server is shutting down, please connect again.\r\n", "shutdown"),
            _ => ("", "client"),
        };
        Peer.Write(goodbye);
        End(why);
    }

    /// <summary>Opens the maildrop of a user who may. False: another session has it. Engine faults are thrown.</summary>
    public async ValueTask<bool> TryLogInAsync(AccessResult access)
    {
        var visit = Engine.Sessions.Enter(access.User, () => _ = _ending.CancelAsync(), Peer.Connection.Abort);
        try
        {
            var maildrop = await Maildrop.TryOpenAsync(Engine, _locks, access.User, CancellationToken.None);
            if (maildrop is null)
            {
                return false;
            }

            (_user, _login, _visit) = (access.User, access.Detail, visit);
            _transaction = new(this, maildrop);
            ServedInterval.Follow(visit, "pop3", Logger, Time);
        }
        finally
        {
            if (_visit is null)
            {
                visit.Dispose();
            }
        }

        ServingLog.LoggedIn(Logger, access.User, "pop3", ClientName, access.Detail);
        return true;
    }

    /// <summary>Answers a log-in that failed; too many end the session.</summary>
    public async ValueTask RefuseLoginAsync(string reply, string detail)
    {
        Pop3Log.Refused(Logger, ClientName, detail);
        await Say(reply);
        if (++_failedLogins >= Options.FailedLoginLimit)
        {
            await Say("-ERR [AUTH] Too many failed log-ins, goodbye.");
            End("too many failed log-ins");
        }
    }

    /// <summary>Notes a fault of the store.</summary>
    public void ReportFault(Exception exception, string doing) => Pop3Log.StoreFailed(Logger, exception, _user.Length == 0 ? "nobody" : _user, doing);

    /// <summary>Gives the maildrop back, whatever happened.</summary>
    public async ValueTask DisposeAsync()
    {
        await (_transaction?.Maildrop.DisposeAsync() ?? ValueTask.CompletedTask);
        _visit?.Dispose();
        _ending.Dispose();
    }

    private async ValueTask StepAsync(LineRead read)
    {
        switch (read.Status)
        {
            case LineReadStatus.Done:
                await ServeAsync(read.Line);
                break;
            case LineReadStatus.Malformed:
                await JunkAsync("-ERR Lines end in CRLF and hold no NUL.");
                break;
            default:
                End(read.Status);
                break;
        }
    }

    private async ValueTask ServeAsync(byte[] line)
    {
        if (Pop3Command.TryParse(new ReadOnlySequence<byte>(line), out var command) != ReadStatus.Done || !Commands.TryGetValue(command.Verb, out var entry))
        {
            await JunkAsync("-ERR Unknown command.");
            return;
        }

        if (line.Length > LineLimit - 2 && command.Verb is not ("AUTH" or "XCLIENT"))
        {
            End(LineReadStatus.TooLong);
            return;
        }

        if (!entry.When.HasFlag(_transaction is null ? Pop3Phase.BeforeLogin : Pop3Phase.AfterLogin))
        {
            await JunkAsync(_transaction is null ? "-ERR Log in first." : "-ERR Not after log-in.");
            return;
        }

        await entry.Run(this, command.Argument);
    }

    private async ValueTask JunkAsync(string reply)
    {
        await Say(reply);
        if (++_junk >= Options.JunkLimit)
        {
            await Say("-ERR Too many errors, goodbye.");
            End("too many errors");
        }
    }

    private ValueTask ListCapabilities()
    {
        Peer.Write("+OK\r\nUIDL\r\nTOP\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n");
        if (_transaction is null)
        {
            var mechanisms = Access.Mechanisms(Peer.Tls);
            Peer.Write(mechanisms.Count == 0 ? "" : $"SASL {string.Join(' ', mechanisms)}\r\n");
            Peer.Write(MayStartTls ? "STLS\r\n" : "");
            Peer.Write(Access.IsTrusted(Peer.Connection) ? "XCLIENT ADDR PORT SESSION TTL\r\n" : "");
        }

        return Say(".");
    }

    private bool MayStartTls => Options.StartTls is not null && Peer.Tls is { IsEncrypted: false };

    private async ValueTask StartTlsAsync()
    {
        if (!MayStartTls)
        {
            await JunkAsync("-ERR TLS is not available.");
            return;
        }

        await Say("+OK Begin TLS now.");
        if (!await Peer.FlushAsync())
        {
            End("client");
            return;
        }

        using var deadline = new CancellationTokenSource(Options.HandshakeLimit, Time);
        var outcome = await Peer.Tls!.BecomeServerAsync(Options.StartTls!.Current, deadline.Token);
        if (outcome != TlsOutcome.Done)
        {
            // What came in clear behind STLS is an injection: nothing of it is answered.
            Peer.Connection.Abort();
            End($"TLS {outcome}");
            return;
        }

        // RFC 2595 4: what was learnt in clear is forgotten.
        _origin = "itself";
    }

    private ValueTask Identify(ReadOnlySequence<byte> argument)
    {
        if (!Access.IsTrusted(Peer.Connection))
        {
            return JunkAsync("-ERR [SYS/PERM] XCLIENT is for trusted proxies.");
        }

        if (Xclient.TryParse(argument, out var xclient) != ReadStatus.Done)
        {
            return JunkAsync("-ERR [SYS/PERM] Invalid XCLIENT attributes.");
        }

        _origin = $"{xclient!.Address?.ToString() ?? "unknown"}:{xclient.Port?.ToString(CultureInfo.InvariantCulture) ?? "?"} session {xclient.Session}";
        Pop3Log.Identified(Logger, ClientName, _origin);
        return Say("+OK");
    }

    private async ValueTask QuitAsync()
    {
        End("client (QUIT)");
        if (_transaction is null)
        {
            await Say("+OK Bye.");
            return;
        }

        try
        {
            _deleted = await Transaction.Maildrop.UpdateAsync(CancellationToken.None);
            Peer.Write("+OK Bye.\r\n");
        }
        catch (Exception exception)
        {
            ReportFault(exception, "deleting messages");
            Peer.Write("-ERR [SYS/TEMP] The store failed, messages may not have been deleted.\r\n");
        }

        // Before the reply goes out: whoever hears it may log in again at once.
        await Transaction.Maildrop.DisposeAsync();
    }

    private void Report(string end)
    {
        if (_transaction is null)
        {
            Pop3Log.EndedBeforeLogin(Logger, ClientName, _origin, end);
            return;
        }

        Pop3Log.Ended(
            Logger, _user, ClientName, _origin, _login, Transaction.Retrieved, _deleted, Peer.Sent, Time.GetElapsedTime(_start).TotalSeconds, end);
    }
}
