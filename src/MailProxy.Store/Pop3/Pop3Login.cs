using System.Buffers;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Sasl;
using MailProxy.Store.Access;
using MailProxy.Store.Access.Tokens;
using MailProxy.Store.Engine;
using MailProxy.Store.Serving;

namespace MailProxy.Store.Pop3;

/// <summary>
/// One AUTH (RFC 5034): <c>"AUTH" [SP mechanism [SP initial-response]]</c>. Made anew for every attempt, so that nothing of a failed one
/// is left for the next.
/// </summary>
internal sealed class Pop3Login(Pop3Session session)
{
    // RFC 4954 4: the longest base64 line to expect, and what it decodes to.
    private const int LineLimit = 12_288 + 2;
    private const int MessageLimit = 9_216;

    public async ValueTask RunAsync(ReadOnlySequence<byte> argument)
    {
        var mechanisms = session.Access.Mechanisms(session.Peer.Tls);
        if (argument.IsEmpty)
        {
            await session.Say($"+OK\r\n{string.Concat(mechanisms.Select(name => name + "\r\n"))}.");
            return;
        }

        var space = argument.PositionOf((byte)' ');
        var mechanism = Encoding.UTF8.GetString(space is { } end ? argument.Slice(0, end) : argument).ToUpperInvariant();
        if (!mechanisms.Contains(mechanism))
        {
            await session.RefuseLoginAsync("-ERR [AUTH] This mechanism is not available here.", "a mechanism that is not offered");
            return;
        }

        var response = space is { } position ? argument.Slice(argument.GetPosition(1, position)) : await AskAsync();
        if (response is not { } encoded)
        {
            return;
        }

        if (encoded.Length == 1 && encoded.FirstSpan[0] == '*')
        {
            await session.RefuseLoginAsync("-ERR Authentication cancelled.", "cancelled");
            return;
        }

        if (SaslBase64.TryDecode(encoded, initialResponse: space is not null, MessageLimit, out var message) != ReadStatus.Done)
        {
            await session.RefuseLoginAsync("-ERR Invalid SASL response.", "a response that is not base64");
            return;
        }

        var result = await session.Access.AuthenticateAsync(mechanism, message, session.Peer.Tls, "pop3");
        Array.Clear(message);
        if (TokenRefusal.Applies(mechanism, result) && await AskAsync(TokenRefusal.Challenge) is null)
        {
            return;
        }

        await AnswerAsync(result);
    }

    // Null: the session has ended or was told what is wrong.
    private async ValueTask<ReadOnlySequence<byte>?> AskAsync(string challenge = "")
    {
        await session.Say("+ " + challenge);
        var read = await session.ReadLineAsync(LineLimit);
        switch (read.Status)
        {
            case LineReadStatus.Done:
                return new ReadOnlySequence<byte>(read.Line);
            case LineReadStatus.Malformed:
                await session.RefuseLoginAsync("-ERR Invalid SASL response.", "a response that is no line");
                return null;
            default:
                session.End(read.Status);
                return null;
        }
    }

    private async ValueTask AnswerAsync(AccessResult result)
    {
        switch (result.Outcome)
        {
            case AccessOutcome.Granted:
                await OpenAsync(result);
                break;
            case AccessOutcome.Unavailable:
                await session.Say("-ERR [SYS/TEMP] Temporary failure, please try again later.");
                break;
            case AccessOutcome.Malformed:
                await session.RefuseLoginAsync("-ERR Invalid SASL response.", result.Detail);
                break;
            default:
                await session.RefuseLoginAsync("-ERR [AUTH] Authentication failed.", result.Detail);
                break;
        }
    }

    private async ValueTask OpenAsync(AccessResult result)
    {
        try
        {
            await session.Say(await session.TryLogInAsync(result) ? "+OK Maildrop locked and ready." : "-ERR [IN-USE] Another session has this maildrop.");
        }
        catch (StoreFaultException fault) when (fault.Kind is StoreFaultKind.UserHeld or StoreFaultKind.UserMoved)
        {
            await session.Say(
                fault.Kind == StoreFaultKind.UserHeld ? "-ERR [SYS/TEMP] Your mail is being moved, please try again in a moment."
                : fault.Referral is { Pop3Port: { } port } to ? $"-ERR {Referrals.Pop3(fault.User, to.Host, port)} Your mail is on another server."
                : "-ERR [SYS/TEMP] Your mail is on another server, please try again later.");
        }
        catch (Exception exception)
        {
            session.ReportFault(exception, "opening a maildrop");
            await session.Say("-ERR [SYS/TEMP] The store failed, please try again later.");
        }
    }
}
