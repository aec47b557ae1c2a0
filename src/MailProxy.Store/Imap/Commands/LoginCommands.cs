using System.Buffers;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Imap;
using MailProxy.Protocols.Sasl;
using MailProxy.Store.Access;
using MailProxy.Store.Access.Tokens;
using MailProxy.Store.Imap.Session;
using MailProxy.Store.Serving;
using MailProxy.Transport.Tls;

namespace MailProxy.Store.Imap.Commands;

/// <summary>STARTTLS, AUTHENTICATE (with SASL-IR, RFC 4959) and LOGIN (RFC 9051 6.2).</summary>
internal static class LoginCommands
{
    // PLAIN of two names of 255 octets and a password of 8,192 (SaslPlain), in base64.
    private const int ResponseLineLimit = 12_288;
    private const int ResponseLimit = 9_216;

    // Between the user and the master account in a LOGIN name, as Dovecot has it.
    private const byte MasterSeparator = (byte)'*';

    public static async ValueTask<ImapReply> StartTlsAsync(ImapSession session, ImapCommand command)
    {
        if (session.Options.StartTls is not { } startTls || session.Tls is not { IsEncrypted: false } tls)
        {
            return ImapReply.Bad("STARTTLS is not available.");
        }

        await session.Wire.WriteAndFlushAsync($"{session.Tag} OK Begin TLS now.\r\n");

        // Commands that were sent in clear behind it were anyone's: the upgrade finds them and fails (CVE-2021-33515).
        using var deadline = new CancellationTokenSource(session.Options.BeforeLoginLimit, session.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, session.Wire.Gone);
        var outcome = await tls.BecomeServerAsync(startTls.Current, either.Token);
        if (outcome != TlsOutcome.Done)
        {
            session.Wire.Connection.Abort();
            session.IsEnding = true;
        }

        return ImapReply.Said;
    }

    public static async ValueTask<ImapReply> AuthenticateAsync(ImapSession session, ImapCommand command)
    {
        if (!TryReadMechanism(command, out var mechanism, out var initial))
        {
            return ImapReply.Bad("AUTHENTICATE takes a mechanism.");
        }

        if (!session.Access.Mechanisms(session.Tls).Contains(mechanism))
        {
            return await RefuseAsync(session, "[CANNOT] This mechanism is not offered here.");
        }

        var response = initial;
        if (response is null)
        {
            await session.Wire.WriteAndFlushAsync("+ \r\n");
            response = await session.Wire.ReadLineAsync(ResponseLineLimit, session.Options.BeforeLoginLimit);
        }

        if (response is null or [(byte)'*'])
        {
            return ImapReply.Bad("AUTHENTICATE cancelled.");
        }

        if (SaslBase64.TryDecode(new ReadOnlySequence<byte>(response), initial is not null, ResponseLimit, out var message) != ReadStatus.Done)
        {
            return ImapReply.Bad("Invalid base64.");
        }

        var result = await session.Access.AuthenticateAsync(mechanism, message, session.Tls, "imap");
        Array.Clear(message);
        if (TokenRefusal.Applies(mechanism, result))
        {
            // RFC 7628 3.2.3: what the client says to it does not matter.
            await session.Wire.WriteAndFlushAsync($"+ {TokenRefusal.Challenge}\r\n");
            await session.Wire.ReadLineAsync(ResponseLineLimit, session.Options.BeforeLoginLimit);
        }

        return await FinishAsync(session, result);
    }

    /// <summary>The form of a master login: <c>LOGIN user*master password</c>. Users' own passwords are not known here.</summary>
    public static async ValueTask<ImapReply> LoginAsync(ImapSession session, ImapCommand command)
    {
        if (!session.Access.Mechanisms(session.Tls).Contains("PLAIN"))
        {
            return await RefuseAsync(session, "[PRIVACYREQUIRED] LOGIN is disabled here.");
        }

        if (!TryReadLogin(command, out var message))
        {
            return ImapReply.Bad("LOGIN takes a name and a password.");
        }

        var result = session.Access.Authenticate("PLAIN", message, session.Tls);
        Array.Clear(message);
        return await FinishAsync(session, result);
    }

    private static bool TryReadMechanism(ImapCommand command, out string mechanism, out byte[]? initial)
    {
        initial = null;
        mechanism = "";
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        if (!arguments.TryReadAtom(out var name))
        {
            return false;
        }

        mechanism = Encoding.ASCII.GetString(name).ToUpperInvariant();
        if (arguments.TryReadSpace())
        {
            initial = arguments.Rest.ToArray();
            return initial.Length > 0;
        }

        return arguments.AtEnd;
    }

    // Makes the message of PLAIN: authzid NUL authcid NUL password.
    private static bool TryReadLogin(ImapCommand command, out byte[] message)
    {
        message = [];
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        if (!arguments.TryReadAstring(out var name) || !arguments.TryReadSpace() || !arguments.TryReadAstring(out var password) || !arguments.AtEnd)
        {
            return false;
        }

        var separator = Array.LastIndexOf(name, MasterSeparator);
        message = separator < 0 ? [0, .. name, 0, .. password] : [.. name[..separator], 0, .. name[(separator + 1)..], 0, .. password];
        Array.Clear(password);
        return true;
    }

    private static async ValueTask<ImapReply> FinishAsync(ImapSession session, AccessResult result)
    {
        switch (result.Outcome)
        {
            case AccessOutcome.Granted:
                await session.LogInAsync(result.User);
                ServingLog.LoggedIn(session.Logger, result.User, "imap", session.Wire.Connection.RemoteEndPoint?.ToString() ?? "?", result.Detail);
                return ImapReply.Ok($"[CAPABILITY {session.Capabilities}] Logged in.");
            case AccessOutcome.Malformed:
                return ImapReply.Bad("Invalid SASL message.");
            case AccessOutcome.NotOffered:
                return await RefuseAsync(session, "[CANNOT] This mechanism is not offered here.");
            case AccessOutcome.Unavailable:
                return ImapReply.No("[UNAVAILABLE] Temporary failure, please try again later.");
            default:
                return await RefuseAsync(session, "[AUTHENTICATIONFAILED] Authentication failed.");
        }
    }

    private static async ValueTask<ImapReply> RefuseAsync(ImapSession session, string text)
    {
        if (++session.FailedLogins < session.Options.FailedLogins)
        {
            return ImapReply.No(text);
        }

        await session.Wire.WriteAndFlushAsync($"{session.Tag} NO {text}\r\n* BYE Too many failed logins.\r\n");
        session.IsEnding = true;
        return ImapReply.Said;
    }
}
