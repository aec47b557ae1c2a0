using MimeKit;
using MimeKit.Utils;

namespace MailProxy.Store.Imap.Search;

/// <summary>BEFORE, ON, SINCE and their SENT forms: dates as written, without time and zone (RFC 9051 6.4.4).</summary>
internal static class SearchDateKeys
{
    /// <summary>The key of that name.</summary>
    public static SearchKey Of(string name, DateOnly date)
    {
        Func<DateOnly, bool> test = name switch
        {
            "BEFORE" or "SENTBEFORE" => there => there < date,
            "ON" or "SENTON" => there => there == date,
            _ => there => there >= date,
        };
        return name.StartsWith("SENT", StringComparison.Ordinal)
            ? new(1, async target => (await target.HeaderAsync())[HeaderId.Date] is { } sent && DateUtils.TryParse(sent, out var time) && test(DateOnly.FromDateTime(time.DateTime)))
            : SearchKey.OnEntry(target => test(DateOnly.FromDateTime(target.Entry.InternalDate.DateTime)));
    }
}
