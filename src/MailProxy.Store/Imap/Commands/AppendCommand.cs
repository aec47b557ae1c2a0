using System.Globalization;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Commands;

/// <summary>
/// <c>APPEND mailbox [SP flag-list] [SP date-time] SP literal</c> (RFC 9051 6.3.12), with APPENDUID (RFC 4315). A long message goes from the
/// connection straight into a draft; whether the mailbox exists is known before the client is asked to send it.
/// </summary>
internal static class AppendCommand
{
    // The end of the command behind its message; more than CRLF would be MULTIAPPEND, which is not offered.
    private const int RestLimit = 1_024;

    public static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (TryRead(command, session.Literal, out var target, out var octets) is not { } request)
        {
            return ImapReply.Bad("APPEND takes a mailbox name, perhaps flags and a date, and a message as literal.");
        }

        var size = session.Literal?.Size ?? octets.Length;
        if (size > session.Options.MessageLimit)
        {
            return ImapReply.No($"[TOOBIG] A message may have {session.Options.MessageLimit.ToString(CultureInfo.InvariantCulture)} octets.");
        }

        if (size == 0)
        {
            return ImapReply.No("[CANNOT] An empty message is none.");
        }

        await using var mailbox = await session.Mail!.OpenAsync(target, session.Wire.Gone);
        if (mailbox is null)
        {
            return ImapReply.TryCreate;
        }

        await using var draft = await session.Engine.BeginMessageAsync(session.Wire.Gone);
        if (session.Literal is { } literal)
        {
            session.Literal = null;
            if (await ReceiveAsync(session, literal, draft) is { } failure)
            {
                return failure;
            }
        }
        else
        {
            await draft.WriteAsync(octets, session.Wire.Gone);
        }

        await draft.CompleteAsync(session.Wire.Gone);
        var uid = await mailbox.AppendAsync(draft, request.Flags, request.Keywords, request.Date ?? session.Now, session.Wire.Gone);
        return ImapReply.Ok(string.Create(CultureInfo.InvariantCulture, $"[APPENDUID {mailbox.Snapshot.UidValidity} {uid}] APPEND completed."));
    }

    private static async ValueTask<ImapReply?> ReceiveAsync(ImapSession session, PendingLiteral literal, IMessageDraft draft)
    {
        if (literal.IsSynchronizing)
        {
            await session.Wire.WriteAndFlushAsync("+ Ready.\r\n");
        }

        // A draft that fails on the way must not leave the rest of the message to be read as commands.
        StoreFaultException? fault = null;
        await session.Wire.ReadLiteralAsync(
            literal,
            async (piece, cancellationToken) =>
            {
                try
                {
                    if (fault is null)
                    {
                        await draft.WriteAsync(piece, cancellationToken);
                    }
                }
                catch (StoreFaultException exception)
                {
                    fault = exception;
                }
            });
        var rest = await session.Wire.ReadLineAsync(RestLimit, session.Options.StallLimit);
        if (fault is not null)
        {
            throw new StoreFaultException(fault.Kind, fault.Message, fault);
        }

        return rest is { Length: 0 } ? null : ImapReply.Bad("Only one message at a time.");
    }

    private static (MessageFlags Flags, List<string> Keywords, DateTimeOffset? Date)? TryRead(
        ImapCommand command, PendingLiteral? literal, out string target, out ReadOnlyMemory<byte> octets)
    {
        octets = default;
        var flags = MessageFlags.None;
        List<string> keywords = [];
        DateTimeOffset? date = null;
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        if (!MailboxArgument.TryRead(ref arguments, out target) || !arguments.TryReadSpace())
        {
            return null;
        }

        if (arguments.IsNext((byte)'(') && !(FlagText.TryReadList(ref arguments, out flags, out keywords) && arguments.TryReadSpace()))
        {
            return null;
        }

        if (arguments.IsNext((byte)'"'))
        {
            if (!ImapDate.TryReadDateTime(ref arguments, out var time) || !arguments.TryReadSpace())
            {
                return null;
            }

            date = time;
        }

        if (!arguments.IsNext((byte)'{'))
        {
            return null;
        }

        // The header's line; behind it the message, or nothing yet when it is still to come.
        var begin = command.Arguments.Length - arguments.Rest.Length;
        var header = arguments.Rest.IndexOf("\r\n"u8) + 2;
        octets = command.Arguments[(begin + header)..];
        var announced = literal is null ? LiteralSize(arguments.Rest[..header]) : 0;
        return octets.Length == announced ? (flags, keywords, date) : null;
    }

    // Of a header that the command reader has judged already.
    private static long LiteralSize(ReadOnlySpan<byte> header) =>
        long.Parse(header[1..header.IndexOfAny((byte)'+', (byte)'}')], NumberStyles.None, CultureInfo.InvariantCulture);
}
