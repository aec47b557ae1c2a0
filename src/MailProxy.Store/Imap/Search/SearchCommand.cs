using System.Globalization;
using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Search;

/// <summary>SEARCH and UID SEARCH (RFC 9051 6.4.4), with ESEARCH (RFC 4731).</summary>
internal static class SearchCommand
{
    public static ValueTask<ImapReply> SearchAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, byUid: false);

    public static ValueTask<ImapReply> UidSearchAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, byUid: true);

    private static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command, bool byUid)
    {
        var parser = new SearchParser(session.Selected!);
        if (parser.TryRead(command.Arguments.Span) is not { } request)
        {
            return parser.IsUnknownCharset ? ImapReply.No("[BADCHARSET (US-ASCII UTF-8)] Unknown charset.") : ImapReply.Bad($"{command.Verb}: this cannot be searched for.");
        }

        session.IsCondstore |= request.UsesModSeq;
        var (found, highest) = await FindAsync(session, request.Key, byUid);
        var modSeq = request.UsesModSeq && found.Count > 0 ? highest : (ulong?)null;
        session.Wire.Write(request.Return is null ? Plain(found, modSeq) : Extended(session.Tag, found, modSeq, request.Return, byUid));
        return ImapReply.Ok($"{command.Verb} completed.");
    }

    private static async ValueTask<(List<uint> Found, ulong HighestModSeq)> FindAsync(ImapSession session, SearchKey key, bool byUid)
    {
        var selected = session.Selected!;
        var found = new List<uint>();
        var highest = 0UL;
        for (var index = 0; index < selected.Count; index++)
        {
            var entry = selected[index];
            await using var target = new SearchTarget(selected.Mailbox, (uint)index + 1, entry, session.Wire.Gone);
            if (await key.TestAsync(target))
            {
                found.Add(byUid ? entry.Uid : (uint)index + 1);
                highest = Math.Max(highest, entry.ModSeq);
            }
        }

        return (found, highest);
    }

    private static string Plain(List<uint> found, ulong? modSeq)
    {
        var text = new StringBuilder("* SEARCH");
        found.ForEach(number => text.Append(CultureInfo.InvariantCulture, $" {number}"));
        return text.Append(modSeq is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (MODSEQ {modSeq})")).Append("\r\n").ToString();
    }

    private static string Extended(string tag, List<uint> found, ulong? modSeq, IReadOnlyList<string> options, bool byUid)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"* ESEARCH (TAG \"{tag}\"){(byUid ? " UID" : "")}");
        foreach (var option in options.Distinct())
        {
            // RFC 4731 3.1: of MIN, MAX and ALL nothing is said when nothing was found.
            var value = option == "COUNT" ? found.Count.ToString(CultureInfo.InvariantCulture)
                : found.Count == 0 ? ""
                : option == "ALL" ? ImapSequenceSet.Format(found)
                : (option == "MIN" ? found[0] : found[^1]).ToString(CultureInfo.InvariantCulture);
            text.Append(value.Length == 0 ? "" : $" {option} {value}");
        }

        return text.Append(modSeq is null ? "" : string.Create(CultureInfo.InvariantCulture, $" MODSEQ {modSeq}")).Append("\r\n").ToString();
    }
}
