using System.Buffers.Text;
using System.Globalization;
using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Commands;

/// <summary><c>STORE set [SP "(UNCHANGEDSINCE" SP mod-sequence ")"] SP ["+" / "-"] "FLAGS" [".SILENT"] SP flags</c> (RFC 9051 6.4.6, RFC 7162 3.1.3).</summary>
internal static class StoreCommand
{
    public static ValueTask<ImapReply> StoreAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, byUid: false);

    public static ValueTask<ImapReply> UidStoreAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, byUid: true);

    private static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command, bool byUid)
    {
        if (!TryRead(command, out var request))
        {
            return ImapReply.Bad($"{command.Verb} takes a set of messages, FLAGS, +FLAGS or -FLAGS, and flags.");
        }

        var selected = session.Selected!;
        if (selected.IsReadOnly)
        {
            return ImapReply.ReadOnly;
        }

        session.IsCondstore |= request.UnchangedSince is not null;
        var indexes = selected.Resolve(request.Set, byUid);
        var uids = indexes.ConvertAll(index => selected[index].Uid);
        var before = indexes.ConvertAll(index => selected[index]);
        IReadOnlyList<uint> unchanged = uids.Count == 0
            ? []
            : await selected.Mailbox.StoreFlagsAsync(uids, request.Change, request.Flags, request.Keywords, request.UnchangedSince, session.Wire.Gone);
        var isGone = await AnswerAsync(session, request, indexes, before, byUid);
        if (unchanged.Count > 0)
        {
            var modified = unchanged.Select(uid => byUid ? uid : (uint)selected.IndexOf(uid) + 1).Order();
            return ImapReply.Ok($"[MODIFIED {ImapSequenceSet.Format(modified)}] {command.Verb}: some were changed meanwhile.");
        }

        return isGone ? ImapReply.No($"[EXPUNGEISSUED] {command.Verb}: some messages are gone.") : ImapReply.Ok($"{command.Verb} completed.");
    }

    // One FETCH for each message, or with SILENT only for what others changed too; then mod-sequences are told all the same (RFC 7162 3.1.3).
    private static async ValueTask<bool> AnswerAsync(ImapSession session, Request request, List<int> indexes, List<MessageEntry> before, bool byUid)
    {
        var selected = session.Selected!;
        var isGone = false;
        for (var i = 0; i < indexes.Count; i++)
        {
            if (!selected.Refresh(indexes[i]))
            {
                isGone = true;
                continue;
            }

            var now = selected[indexes[i]];
            var isExpected = request.IsSilent && now.Flags == request.Expected(before[i].Flags);
            if (!isExpected || session.IsCondstore)
            {
                session.Wire.Write(string.Concat(
                    string.Create(CultureInfo.InvariantCulture, $"* {indexes[i] + 1} FETCH ("),
                    string.Join(' ', Items(session, now, byUid, isExpected)),
                    ")\r\n"));
                await session.Wire.FlushIfMuchAsync();
            }
        }

        return isGone;
    }

    private static IEnumerable<string> Items(ImapSession session, MessageEntry message, bool byUid, bool isSilent)
    {
        if (byUid || session.IsCondstore)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"UID {message.Uid}");
        }

        if (!isSilent)
        {
            yield return $"FLAGS ({FlagText.Format(message)})";
        }

        if (session.IsCondstore)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"MODSEQ ({message.ModSeq})");
        }
    }

    private static bool TryRead(ImapCommand command, out Request request)
    {
        request = null!;
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        if (!MessageSet.TryReadFirst(ref arguments, out var set) || !TryReadModifier(ref arguments, out var unchangedSince)
            || !arguments.TryReadAtom(out var atom) || !arguments.TryReadSpace() || !FlagText.TryReadStoreFlags(ref arguments, out var flags, out var keywords) || !arguments.AtEnd)
        {
            return false;
        }

        var item = Encoding.ASCII.GetString(atom).ToUpperInvariant();
        var isSilent = item.EndsWith(".SILENT", StringComparison.Ordinal);
        FlagChange? change = (isSilent ? item[..^".SILENT".Length] : item) switch
        {
            "FLAGS" => FlagChange.Replace,
            "+FLAGS" => FlagChange.Add,
            "-FLAGS" => FlagChange.Remove,
            _ => null,
        };
        request = new(set, change ?? default, isSilent, flags, keywords, unchangedSince);
        return change is not null;
    }

    private static bool TryReadModifier(ref ImapArgumentReader arguments, out ulong? unchangedSince)
    {
        unchangedSince = null;
        if (!arguments.TryRead((byte)'('))
        {
            return true;
        }

        if (!arguments.TryReadAtom(out var word) || !Encoding.ASCII.GetString(word).Equals("UNCHANGEDSINCE", StringComparison.OrdinalIgnoreCase) || !arguments.TryReadSpace()
            || !arguments.TryReadWhile(ImapOctets.Digits, out var digits) || !Utf8Parser.TryParse(digits, out ulong value, out var used) || used != digits.Length)
        {
            return false;
        }

        unchangedSince = value;
        return arguments.TryRead((byte)')') && arguments.TryReadSpace();
    }

    private sealed record Request(ImapSequenceSet Set, FlagChange Change, bool IsSilent, MessageFlags Flags, List<string> Keywords, ulong? UnchangedSince)
    {
        public MessageFlags Expected(MessageFlags before) => Change switch
        {
            FlagChange.Add => before | Flags,
            FlagChange.Remove => before & ~Flags,
            _ => Flags,
        };
    }
}
