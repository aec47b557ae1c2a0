using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Store.Access;
using MailProxy.Store.Engine;
using MailProxy.Store.Serving;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Lmtp;

/// <summary>One LMTP connection from greeting to goodbye: one loop, a table of commands, and the state they share.</summary>
internal sealed class LmtpSession : IAsyncDisposable
{
    // RFC 5321 4.5.3.1.4 gives 512 octets; SIZE, BODY, SMTPUTF8 and XCLIENT's attributes add theirs.
    private const int LineLimit = 2_048;

    private static readonly FrozenDictionary<string, Func<LmtpSession, ReadOnlySequence<byte>, ValueTask>> Commands =
        new Dictionary<string, Func<LmtpSession, ReadOnlySequence<byte>, ValueTask>>
        {
            ["LHLO"] = static (session, argument) => session.HelloAsync(argument),
            ["STARTTLS"] = static (session, argument) => session.StartTlsAsync(argument),
            ["XCLIENT"] = static (session, argument) => session.IdentifyAsync(argument),
            ["MAIL"] = static (session, argument) => session.MailAsync(argument),
            ["RCPT"] = static (session, argument) => session._transaction.Recipient(argument),
            ["DATA"] = static (session, argument) => session._transaction.DataAsync(argument),
            ["BDAT"] = static (session, argument) => session._transaction.ChunkAsync(argument),
            ["RSET"] = static async (session, _) =>
            {
                await session._transaction.ForgetAsync();
                session.Write(250, "2.0.0 OK");
            },
            ["NOOP"] = static (session, _) => session.Say(250, "2.0.0 OK"),
            ["VRFY"] = static (session, _) => session.Say(252, "2.1.5 Send the mail and see."),
            ["QUIT"] = static (session, _) =>
            {
                session.End("client (QUIT)");
                return session.Say(221, "2.0.0 Bye.");
            },
        }.ToFrozenDictionary();

    private readonly StoreAccess _access;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly LmtpTransaction _transaction;
    private bool _hasGreeted;
    private string? _end;
    private int _junk;

    public LmtpSession(
        ConnectionContext connection, IStoreEngine engine, StoreAccess access, LmtpServerOptions options, ILogger logger, TimeProvider time)
    {
        Engine = engine;
        Options = options;
        Logger = logger;
        _access = access;
        _time = time;
        _start = time.GetTimestamp();
        Peer = new(connection, options.WriteLimit, time);
        _transaction = new(this);
    }

    /// <summary>The client.</summary>
    public LineConnection Peer { get; }

    /// <summary>Where the mail goes.</summary>
    public IStoreEngine Engine { get; }

    /// <summary>Name and limits.</summary>
    public LmtpServerOptions Options { get; }

    /// <summary>For events.</summary>
    public ILogger Logger { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>For the log: whom the client speaks for.</summary>
    public string Origin { get; private set; } = "itself";

    /// <summary>For the log.</summary>
    public string ClientName => Peer.Connection.RemoteEndPoint?.ToString() ?? "?";

    private bool IsTrusted => _access.IsTrusted(Peer.Connection);

    private bool MayStartTls => Options.StartTls is not null && Peer.Tls is { IsEncrypted: false };

    /// <summary>Greets, serves, ends.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Greet();
        while (_end is null)
        {
            var read = await Peer.ReadLineAsync(LineLimit, Options.IdleLimit, stop);
            switch (read.Status)
            {
                case LineReadStatus.Done:
                    await ServeAsync(read.Line);
                    break;
                case LineReadStatus.Malformed:
                    await Refuse(500, "5.5.2 Lines end in CRLF and hold no NUL.");
                    break;
                case LineReadStatus.TooLong:
                    Bid(500, "5.5.6 Line too long, goodbye.", "line too long");
                    break;
                case LineReadStatus.Idle:
                    Bid(421, "4.4.2 Idle for too long, goodbye.", "idle");
                    break;
                case LineReadStatus.Stopping:
                    Bid(421, "4.3.2 This server is shutting down, please connect again.", "shutdown");
                    break;
                default:
                    End("client");
                    break;
            }
        }

        await Peer.FlushAsync();
        LmtpLog.Ended(Logger, ClientName, Origin, _end, _transaction.Delivered, _time.GetElapsedTime(_start).TotalSeconds);
    }

    /// <summary>One line of reply.</summary>
    public ValueTask Say(int code, string text)
    {
        Write(code, text);
        return ValueTask.CompletedTask;
    }

    /// <summary>Answers; what is negative counts, and too many in a row end the session.</summary>
    public ValueTask Reply(LmtpReply reply)
    {
        if (!reply.IsPositive)
        {
            return Refuse(reply.Code, reply.Text);
        }

        _junk = 0;
        return Say(reply.Code, reply.Text);
    }

    /// <summary>A negative reply; too many in a row end the session.</summary>
    public ValueTask Refuse(int code, string text)
    {
        Write(code, text);
        if (++_junk >= Options.JunkLimit)
        {
            Bid(421, "4.7.0 Too many errors, goodbye.", "too many errors");
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A last reply.</summary>
    public void Bid(int code, string text, string why)
    {
        Write(code, text);
        End(why);
    }

    /// <summary>Ends the session behind the present command.</summary>
    public void End(string why) => _end ??= why;

    /// <summary>Drops what was not delivered.</summary>
    public ValueTask DisposeAsync() => _transaction.ForgetAsync();

    private async ValueTask ServeAsync(byte[] line)
    {
        if (SmtpCommand.TryParse(new ReadOnlySequence<byte>(line), out var command) != ReadStatus.Done || !Commands.TryGetValue(command.Verb, out var run))
        {
            // RFC 2033 4.1: HELO and EHLO get no positive reply here.
            await Refuse(500, "5.5.1 Unknown command.");
            return;
        }

        await run(this, command.Argument);
    }

    private void Greet() => Write(220, $"{Options.HostName} LMTP");

    private void Write(int code, string text) => Peer.Write(SmtpReplyWriter.Format(code, [text]));

    private async ValueTask HelloAsync(ReadOnlySequence<byte> argument)
    {
        if (argument.IsEmpty)
        {
            await Refuse(501, "5.5.4 LHLO takes your host name.");
            return;
        }

        await _transaction.ForgetAsync();
        _hasGreeted = true;
        var lines = new List<string>
        {
            Options.HostName, "PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "CHUNKING",
            string.Create(CultureInfo.InvariantCulture, $"SIZE {Options.MessageSizeLimit}"),
        };
        if (MayStartTls)
        {
            lines.Add("STARTTLS");
        }

        if (IsTrusted)
        {
            lines.Add("XCLIENT ADDR PORT SESSION TTL");
        }

        Peer.Write(SmtpReplyWriter.Format(250, lines));
    }

    private async ValueTask StartTlsAsync(ReadOnlySequence<byte> argument)
    {
        if (!MayStartTls || !argument.IsEmpty)
        {
            await Refuse(argument.IsEmpty ? 502 : 501, "5.5.1 TLS is not available so.");
            return;
        }

        await Say(220, "2.0.0 Begin TLS now.");
        if (!await Peer.FlushAsync())
        {
            End("client");
            return;
        }

        using var deadline = new CancellationTokenSource(Options.HandshakeLimit, _time);
        var outcome = await Peer.Tls!.BecomeServerAsync(Options.StartTls!.Current, deadline.Token);
        if (outcome != TlsOutcome.Done)
        {
            // What came in clear behind STARTTLS is an injection: nothing of it is answered.
            Peer.Connection.Abort();
            End($"TLS {outcome}");
            return;
        }

        // RFC 3207 4.2: what was learnt in clear is forgotten.
        await RestartAsync("itself");
    }

    private async ValueTask IdentifyAsync(ReadOnlySequence<byte> argument)
    {
        if (!IsTrusted)
        {
            await Refuse(550, "5.7.1 XCLIENT is for trusted proxies.");
        }
        else if (_transaction.IsOpen)
        {
            await Refuse(503, "5.5.1 Not within a transaction.");
        }
        else if (Xclient.TryParse(argument, out var xclient) != ReadStatus.Done)
        {
            await Refuse(501, "5.5.4 Invalid XCLIENT attributes.");
        }
        else
        {
            // Postfix's XCLIENT_README: the session starts over, with a greeting.
            await RestartAsync($"{xclient!.Address?.ToString() ?? "unknown"}:{xclient.Port?.ToString(CultureInfo.InvariantCulture) ?? "?"} session {xclient.Session}");
            Greet();
        }
    }

    private ValueTask RestartAsync(string origin)
    {
        Origin = origin;
        _hasGreeted = false;
        return _transaction.ForgetAsync();
    }

    private ValueTask MailAsync(ReadOnlySequence<byte> argument)
    {
        if (!_hasGreeted)
        {
            return Refuse(503, "5.5.1 LHLO comes first.");
        }

        if (IsTrusted)
        {
            return _transaction.MailAsync(argument);
        }

        LmtpLog.NotTrusted(Logger, ClientName);
        return MayStartTls
            ? Refuse(530, "5.7.0 Start TLS with a client certificate first.")
            : Refuse(550, "5.7.1 This store takes mail from its proxies only.");
    }
}
