using System.Globalization;
using System.Text;
using MailProxy.Protocols.Imap;
using Xunit;

namespace MailProxy.Protocols.Tests.Imap;

public sealed class ImapDateTests
{
    [Theory]
    [InlineData("\"17-Jul-1996 02:44:25 -0700\"", "1996-07-17T02:44:25-07:00")]
    [InlineData("\" 7-Feb-1994 21:52:25 +0530\"", "1994-02-07T21:52:25+05:30")]
    [InlineData("\"07-feb-1994 21:52:25 +0000\"", "1994-02-07T21:52:25+00:00")]
    public void Date_times_are_read_and_written(string text, string expected)
    {
        var reader = new ImapArgumentReader(Encoding.ASCII.GetBytes(text));
        Assert.True(ImapDate.TryReadDateTime(ref reader, out var time));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), time);
        Assert.True(reader.AtEnd);
        Assert.Equal(text.Replace("\" ", "\"0", StringComparison.Ordinal), $"\"{ImapDate.Format(time)}\"", ignoreCase: true);
    }

    [Theory]
    [InlineData("17-Jul-1996")]
    [InlineData("\"17-Jul-1996 02:44:25\"")]
    [InlineData("\"17-Jul-1996 02:44:25 0700 \"")]
    [InlineData("\"17-Jul-1996 25:44:25 -0700\"")]
    [InlineData("\"31-Feb-1996 02:44:25 -0700\"")]
    [InlineData("\"17-Jul-1996 02:44:25 +9900\"")]
    [InlineData("")]
    public void Other_date_times_are_refused(string text)
    {
        var reader = new ImapArgumentReader(Encoding.ASCII.GetBytes(text));
        Assert.False(ImapDate.TryReadDateTime(ref reader, out _));
        Assert.Equal(text, Encoding.ASCII.GetString(reader.Rest));
    }

    [Theory]
    [InlineData("1-Feb-1994", true)]
    [InlineData("\"01-feb-1994\"", true)]
    [InlineData("1-2-1994", false)]
    [InlineData("32-Jan-1994", false)]
    public void Dates_are_read(string text, bool expected)
    {
        var reader = new ImapArgumentReader(Encoding.ASCII.GetBytes(text));
        Assert.Equal(expected, ImapDate.TryReadDate(ref reader, out var date));
        Assert.Equal(expected ? new DateOnly(1994, 2, 1) : default, date);
    }
}
