using MailProxy.Store.Engine;

namespace MailProxy.Store.Imap.Search;

/// <summary>Search keys without an argument, and KEYWORD (RFC 3501 6.4.4). Nothing is ever \Recent here, as in RFC 9051.</summary>
internal static class SearchFlagKeys
{
    /// <summary>The key of that name, or null.</summary>
    public static SearchKey? Find(string name) => name switch
    {
        "ALL" or "OLD" => SearchKey.OnEntry(static _ => true),
        "NEW" or "RECENT" => SearchKey.OnEntry(static _ => false),
        "ANSWERED" => Flag(MessageFlags.Answered, true),
        "UNANSWERED" => Flag(MessageFlags.Answered, false),
        "DELETED" => Flag(MessageFlags.Deleted, true),
        "UNDELETED" => Flag(MessageFlags.Deleted, false),
        "DRAFT" => Flag(MessageFlags.Draft, true),
        "UNDRAFT" => Flag(MessageFlags.Draft, false),
        "FLAGGED" => Flag(MessageFlags.Flagged, true),
        "UNFLAGGED" => Flag(MessageFlags.Flagged, false),
        "SEEN" => Flag(MessageFlags.Seen, true),
        "UNSEEN" => Flag(MessageFlags.Seen, false),
        _ => null,
    };

    /// <summary>KEYWORD or UNKEYWORD.</summary>
    public static SearchKey Keyword(string keyword, bool isSet) =>
        SearchKey.OnEntry(target => target.Entry.Keywords.Contains(keyword, StringComparer.OrdinalIgnoreCase) == isSet);

    private static SearchKey Flag(MessageFlags flag, bool isSet) => SearchKey.OnEntry(target => target.Entry.Flags.HasFlag(flag) == isSet);
}
