using System.Globalization;
using MailProxy.Logging;

namespace MailProxy.Commands;

/// <summary>Rows under a heading, each column as wide as it must be. What stands in it comes from elsewhere, so control characters are written out.</summary>
internal sealed class TextTable(params string[] heading)
{
    private readonly List<string[]> _rows = [heading];

    /// <summary>One more row, of as many cells as the heading has.</summary>
    public void Add(params string?[] cells) => _rows.Add([.. cells.Select(cell => string.IsNullOrEmpty(cell) ? "-" : ControlCharacterEscaper.Escape(cell))]);

    /// <summary>The lines, without blanks at their ends.</summary>
    public override string ToString()
    {
        int[] widths = [.. Enumerable.Range(0, heading.Length).Select(column => _rows.Max(row => row[column].Length))];
        return string.Join('\n', _rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    /// <summary>42 s, 17 min, 5.2 h, 3.1 d.</summary>
    public static string Age(double seconds) => seconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 3_600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 86_400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3_600:0.0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0.0} d"),
    };

    /// <summary>812, 3.4k, 1.2M, 5.0G: octets by thousands.</summary>
    public static string Octets(long count) => count switch
    {
        < 1_000 => count.ToString(CultureInfo.InvariantCulture),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e3:0.0}k"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0.0}M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:0.0}G"),
    };
}
