using MailProxy.Protocols.Conversations;
using Xunit;

namespace MailProxy.Protocols.Tests.Conversations;

public sealed class SubmissionConversationTests
{
    [Theory]
    [InlineData("C: MAIL FROM:<>\\r\\n\nS: 250 OK\\r\\n\nC: RCPT TO:<x>\\r\\n\nS: 250 OK\\r\\n", "-B-B")]
    [InlineData("C: EHLO x\\r\\n\nS: 250-x\\r\\n\nS: 250-y\\r\\n\nS: 250 z\\r\\n", "---B")]
    [InlineData("C: NOOP\\r\\n\nS: 250\\r\\n", "-B")]
    [InlineData("C: DATA\\r\\n\nS: 354 go\\r\\n\nC: a\\r\\n..\\r\\n\nC: .\\r\\n\nS: 250 OK\\r\\n", "----B")]
    [InlineData("C: DATA\\r\\n\nS: 354 go\\r\\n\nC: .\\r\\n\nS: 250 OK\\r\\n", "---B")]
    [InlineData("C: DATA\\r\\n\nS: 354 go\\r\\n\nC: QUIT\\n.\\n\\r\\n.\\n\nC: \\r\\n.\\r\\nNOOP\\r\\n\nS: 250 OK\\r\\n\nS: 250 OK\\r\\n", "-----B")]
    [InlineData("C: MAIL\\r\\nRCPT\\r\\nDATA\\r\\n\nS: 250 OK\\r\\n550 no\\r\\n\nS: 503 no\\r\\n\nC: RSET\\r\\n\nS: 250 OK\\r\\n", "--B-B")]
    [InlineData("C: BDAT 5\\r\\nQU\nC: IT\\n\nS: 250 OK\\r\\n\nC: BDAT 0 LAST\\r\\n\nS: 250 OK\\r\\n", "--B-B")]
    [InlineData("C: bdat 2 last\\r\\nxyQUIT\\r\\n\nS: 250 OK\\r\\n", "--")]
    [InlineData("C: MAIL FR", "B")]
    public void It_knows_what_is_under_way(string script, string stands) => ConversationChecks.Stands<SubmissionConversation>(script, stands);

    [Theory]
    [InlineData("C: DATA\\r\\nhello", "O")]
    [InlineData("C: STARTTLS\\r\\n", "O")]
    [InlineData("C: auth plain\\r\\n", "O")]
    [InlineData("C: BDAT x\\r\\n", "O")]
    [InlineData("C: BDAT 1x\\r\\n", "O")]
    [InlineData("C: BDAT 1234567890123456789\\r\\n", "O")]
    [InlineData("S: hello\\r\\n", "O")]
    [InlineData("S: 2x0 OK\\r\\n", "O")]
    [InlineData("S: 421 too long\\r\\n", "-")]
    [InlineData("C: QUIT\\r\\n\nS: 221 bye\\r\\n", "--")]
    public void What_cannot_be_followed_and_who_left_hear_no_goodbye(string script, string stands) => ConversationChecks.Stands<SubmissionConversation>(script, stands);

    [Theory]
    [InlineData("C: MAIL\\r\\nRCPT\\r\\nDATA\\r\\n\nS: |250 OK\\r\\n|250-OK\\r\\n250 OK\\r\\n|354 go\\r\\n\nC: a\\r\\n.\\r\\n\nS: 250 OK\\r\\n|\nC: RSET\\r\\n\nS: 250 OK\\r\\n|")]
    [InlineData("C: BDAT 9\\r\\nMAIL\\r\\nx\\r\\nBDAT 3 LAST\\r\\n.\\r\\n\nS: |250 OK\\r\\n|250 OK\\r\\n|")]
    public void It_ends_behind_a_whole_reply_wherever_it_is_asked_to(string script) => ConversationChecks.EndsAtBoundaries<SubmissionConversation>(script);
}
