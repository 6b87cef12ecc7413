/** Part 1 of the weaknesses; see cwe.ts for what a row says. `\u0061` is an a: in code the word would be a clock. Names © The MITRE Corporation, CWE. */
export const cweRows1 = `
5|a-=J2EE Misconfiguration: Data Transmission Without Encryption|VA¤6|a-=J2EE Misconfiguration: Insufficient Session-ID Length|VA¤
7|a-=J2EE Misconfiguration: Missing Error Handling|e-=J2EE Misconfiguration: Missing Custom Error Page|VA¤
8|a-=J2EE Misconfiguration: Entity Bean Declared Remote|VA¤9|a-=J2EE Misconfiguration: Weak Access Permissions for EJB Methods|VA¤
11|a-=ASP.NET Misconfiguration: Creating Debug Binary|VA¤
12|a-=ASP.NET Misconfiguration: Missing Custom Error Handling|e-=ASP.NET Misconfiguration: Missing Custom Error Page|VA¤
13|a-=ASP.NET Misconfiguration: Password in Configuration File|VA¤14|a-=Compiler Removal of Code to Clear Buffers|VA¤
15|a-=External Control of System or Configuration Setting|VA¤20|a-=Insufficient Input Validation|d-=Improper Input Validation|VD¤
22|a-=Path Traversal|j-=Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')|VA¤
23|a-=Relative Path Traversal|VA¤24|a-=Path Traversal: '../filedir'|VA¤25|a-=Path Traversal: '/../filedir'|VA¤
26|a-=Path Traversal: '/dir/../filename'|VA¤27|a-=Path Traversal: 'dir/../../filename'|VA¤
28|a-=Path Traversal: '..\\filename'|b-=Path Traversal: '..\\filedir'|VA¤29|a-=Path Traversal: '\\..\\filename'|VA¤
30|a-=Path Traversal: '\\dir\\..\\filename'|VA¤31|a-=Path Traversal: 'dir\\..\\filename'|b-=Path Traversal: 'dir\\..\\..\\filename'|VA¤
32|a-=Path Traversal: '...' (Triple Dot)|VA¤33|a-=Path Traversal: '....' (Multiple Dot)|VA¤34|a-=Path Traversal: '....//'|VA¤
35|a-=Path Traversal: '.../...//'|VA¤36|a-=Absolute Path Traversal|VA¤37|a-=Path Traversal: '/absolute/pathname/here'|VA¤
38|a-=Path Traversal: '\\absolute\\pathname\\here'|VA¤39|a-=Path Traversal: 'C:dirname'|VA¤
40|a-=Path Traversal: '\\\\UNC\\share\\name\\' (Windows UNC Share)|VA¤
41|a-=Failure to Resolve Path Equivalence|f-=Improper Resolution of Path Equivalence|VA¤
42|a-=Path Equivalence: 'filename.' (Trailing Dot)|VA¤43|a-=Path Equivalence: 'filename....' (Multiple Trailing Dot)|VA¤
44|a-=Path Equivalence: 'file.name' (Internal Dot)|VA¤45|a-=Path Equivalence: 'file...name' (Multiple Internal Dot)|VA¤
46|a-=Path Equivalence: 'filename ' (Trailing Space)|VA¤
47|a-=Path Equivalence: ' filename (Leading Space)|m-=Path Equivalence: ' filename' (Leading Space)|VA¤
48|a-=Path Equivalence: 'file name' (Internal Whitespace)|VA¤49|a-=Path Equivalence: 'filename/' (Trailing Slash)|VA¤
50|a-=Path Equivalence: '//multiple/leading/slash'|VA¤51|a-=Path Equivalence: '/multiple//internal/slash'|VA¤
52|a-=Path Equivalence: '/multiple/trailing/slash//'|VA¤53|a-=Path Equivalence: '\\multiple\\\\internal\\backslash'|VA¤
54|a-=Path Equivalence: 'filedir\\' (Trailing Backslash)|VA¤55|a-=Path Equivalence: '/./' (Single Dot Directory)|VA¤
56|a-=Path Equivalence: 'filedir*' (Wildcard)|VA¤
57|a-=Path Equivalence: 'dirname/fakechild/../realchild/filename'|b-=Path Equivalence: 'fakedir/../realdir/filename'|VA¤
58|a-=Path Equivalence: Windows 8.3 Filename|VA¤
59|a-=Failure to Resolve Links Before File Access (aka 'Link Following')|f-=Improper Link Resolution Before File Access ('Link Following')|VA¤
61|B-=UNIX Symbolic Link (Symlink) Following|C-!|D-=UNIX Symbolic Link (Symlink) Following|VA¤62|a-=UNIX Hard Link|VA¤
64|a-=Windows Shortcut Following (.LNK)|VA¤65|a-=Windows Hard Link|VA¤
66|a-=Failure to Handle File Names that Identify Virtual Resources|e-=Improper Handling of File Names that Identify Virtual Resources|VA¤
67|a-=Failure to Handle Windows Device Names|e-=Improper Handling of Windows Device Names|VA¤
69|a-=Failure to Handle Windows ::DATA Alternate Data Stream|n-=Improper Handling of Windows ::DATA Alternate Data Stream|VA¤
71|a-=Apple '.DS_Store'|CX=DEPRECATED: Apple '.DS_Store'¤
72|a-=Apple HFS+ Alternate Data Stream|c-=Failure to Handle Apple HFS+ Alternate Data Stream Path|f-=Improper Handling of Apple HFS+ Alternate Data Stream Path|VA¤
73|a-=External Control of File Name or Path|VA¤
74|a-=Failure to Sanitize Data into a Different Plane (aka 'Injection')|f-=Failure to Sanitize Data into a Different Plane ('Injection')|l-=Improper Neutralization of Special Elements in Output Used by a Downstream Component ('Injection')|VD¤
75|a-=Failure to Sanitize Special Elements into a Different Plane (Special Element Injection)|VD¤
76|a-=Failure to Resolve Equivalent Special Elements into a Different Plane|l-=Improper Neutralization of Equivalent Special Elements|VA¤
77|a-=Failure to Sanitize Data into a Control Plane (aka 'Command Injection')|f-=Failure to Sanitize Data into a Control Plane ('Command Injection')|g-=Improper Sanitization of Special Elements used in a Command ('Command Injection')|l-=Improper Neutralization of Special Elements used in a Command ('Command Injection')|VR¤
78|a-=Failure to Sanitize Data into an OS Command (aka 'OS Command Injection')|d-=Failure to Preserve OS Command Structure (aka 'OS Command Injection')|f-=Failure to Preserve OS Command Structure ('OS Command Injection')|g-=Improper Sanitization of Special Elements used in an OS Command ('OS Command Injection')|l-=Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')|VA¤
79|a-=Failure to Sanitize Directives in a Web Page (aka 'Cross-site scripting' (XSS))|d-=Failure to Preserve Web Page Structure (aka 'Cross-site Scripting')|f-=Failure to Preserve Web Page Structure ('Cross-site Scripting')|l-=Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')|VA¤
80|a-=Failure to Sanitize Script-Related HTML Tags in a Web Page (Basic XSS)|f-=Improper Sanitization of Script-Related HTML Tags in a Web Page (Basic XSS)|l-=Improper Neutralization of Script-Related HTML Tags in a Web Page (Basic XSS)|VA¤
81|a-=Failure to Sanitize Directives in an Error Message Web Page|f-=Improper Sanitization of Script in an Error Message Web Page|l-=Improper Neutralization of Script in an Error Message Web Page|VA¤
82|a-=Failure to Sanitize Script in Attributes of IMG Tags in a Web Page|f-=Improper Sanitization of Script in Attributes of IMG Tags in a Web Page|l-=Improper Neutralization of Script in Attributes of IMG Tags in a Web Page|VA¤
83|a-=Failure to Sanitize Script in Attributes in a Web Page|k-=Improper Neutralization of Script in Attributes in a Web Page|VA¤
84|a-=Failure to Resolve Encoded URI Schemes in a Web Page|l-=Improper Neutralization of Encoded URI Schemes in a Web Page|VA¤
85|a-=Doubled Character XSS Manipulations|VA¤
86|a-=Failure to Sanitize Invalid Characters in Identifiers in Web Pages|k-=Improper Neutralization of Invalid Characters in Identifiers in Web Pages|VA¤
87|a-=Failure to Sanitize Alternate XSS Syntax|l-=Improper Neutralization of Alternate XSS Syntax|VA¤
88|a-=Argument Injection or Modification|H-=Improper Delimitation of Arguments in a Command ('Argument Injection')|I-=Improper Neutralization of Argument Delimiters in a Command ('Argument Injection')|VA¤
89|a-=Failure to Sanitize Data within SQL Queries (aka 'SQL Injection')|d-=Failure to Preserve SQL Query Structure (aka 'SQL Injection')|f-=Failure to Preserve SQL Query Structure ('SQL Injection')|g-=Improper Sanitization of Special Elements used in an SQL Command ('SQL Injection')|l-=Improper Neutralization of Special Elements used in an SQL Command ('SQL Injection')|VA¤
90|a-=Failure to Sanitize Data into LDAP Queries (aka 'LDAP Injection')|f-=Failure to Sanitize Data into LDAP Queries ('LDAP Injection')|l-=Improper Neutralization of Special Elements used in an LDAP Query ('LDAP Injection')|VA¤
91|a-=XML Injection (aka Blind XPath Injection)|VA¤
92|a-=Custom Special Character Injection|b-=Insufficient Sanitization of Custom Special Characters|f-=Improper Sanitization of Custom Special Characters|gX=DEPRECATED: Improper Sanitization of Custom Special Characters¤
93|a-=Failure to Sanitize CRLF Sequences (aka 'CRLF Injection')|f-=Failure to Sanitize CRLF Sequences ('CRLF Injection')|l-=Improper Neutralization of CRLF Sequences ('CRLF Injection')|VA¤
94|a-=Code Injection|d-=Failure to Control Generation of Code (aka 'Code Injection')|f-=Failure to Control Generation of Code ('Code Injection')|o-=Improper Control of Generation of Code ('Code Injection')|VA|ZR¤
95|a-=Insufficient Control of Directives in Dynamically Evaluated Code (aka 'Eval Injection')|f-=Improper Sanitization of Directives in Dynamically Evaluated Code ('Eval Injection')|l-=Improper Neutralization of Directives in Dynamically Evaluated Code ('Eval Injection')|VA¤
96|a-=Insufficient Control of Directives in Statically Saved Code (Static Code Injection)|f-=Improper Sanitization of Directives in Statically Saved Code ('Static Code Injection')|k-=Improper Neutralization of Directives in Statically Saved Code ('Static Code Injection')|VA¤
97|a-=Failure to Sanitize Server-Side Includes (SSI) Within a Web Page|l-=Improper Neutralization of Server-Side Includes (SSI) Within a Web Page|VA¤
98|j-=Improper Control of Filename for Include/Require Statement in PHP Program ('PHP File Inclusion')|u-=Improper Control of Filename for Include/Require Statement in PHP Program ('PHP Remote File Inclusion')|VA¤
99|a-=Insufficient Control of Resource Identifiers (aka 'Resource Injection')|f-=Improper Control of Resource Identifiers ('Resource Injection')|VR¤
100|a-=Technology-Specific Input Validation Problems|h-!¤102|a-=Struts: Duplicate Validation Forms|VA¤
103|a-=Struts: Incomplete validate() Method Definition|VA¤104|a-=Struts: Form Bean Does Not Extend Validation Class|VA¤
105|a-=Struts: Form Field Without Validator|VA¤106|a-=Struts: Plug-in Framework not in Use|VA¤107|a-=Struts: Unused Validation Form|VA¤
108|a-=Struts: Unvalidated Action Form|VA¤109|a-=Struts: Validator Turned Off|VA¤110|a-=Struts: Validator Without Form Field|VA¤
111|a-=Direct Use of Unsafe JNI|VA¤112|a-=Missing XML Validation|VA¤
113|a-=Failure to Sanitize CRLF Sequences in HTTP Headers (aka 'HTTP Response Splitting')|f-=Failure to Sanitize CRLF Sequences in HTTP Headers ('HTTP Response Splitting')|l-=Improper Neutralization of CRLF Sequences in HTTP Headers ('HTTP Response Splitting')|R-=Improper Neutralization of CRLF Sequences in HTTP Headers ('HTTP Request/Response Splitting')|VA¤
114|a-=Process Control|VR|0D¤115|a-=Misinterpretation of Input|VA¤
116|a-=Insufficient Output Sanitization|d-=Improper Encoding or Escaping of Output|VR¤
117|a-=Incorrect Output Sanitization for Logs|f-=Improper Output Sanitization for Logs|l-=Improper Output Neutralization for Logs|VA¤
118|a-=Improper Access of Indexable Resource (aka 'Range Error')|f-=Improper Access of Indexable Resource ('Range Error')|B-=Incorrect Access of Indexable Resource ('Range Error')|VR|XD¤
119|a-=Failure to Constrain Operations within the Bounds of an Allocated Memory Buffer|d-=Failure to Constrain Operations within the Bounds of a Memory Buffer|n-=Improper Restriction of Operations within the Bounds of a Memory Buffer|VD¤
120|j-=Buffer Copy without Checking Size of Input ('Classic Buffer Overflow')|VR¤121|a-=Stack-based Buffer Overflow|VA¤
122|a-=Heap-based Buffer Overflow|VA¤123|a-=Write-what-where Condition|VA¤
124|a-=Boundary Beginning Violation ('Buffer Underwrite')|h-=Buffer Underwrite ('Buffer Underflow')|VA¤125|a-=Out-of-bounds Read|VA¤
126|a-=Buffer Over-read|VA¤127|a-=Buffer Under-read|VA¤128|a-=Wrap-around Error|VA¤
129|a-=Unchecked Array Indexing|h-=Improper Validation of Array Index|VA¤
130|a-=Failure to Handle Length Parameter Inconsistency|e-=Improper Handling of Length Parameter Inconsistency|VA¤
131|a-=Incorrect Calculation of Buffer Size|VA¤
132|aX=DEPRECATED (Duplicate): Miscalculated Null Termination|OX=DEPRECATED: Miscalculated Null Termination¤
134|a-=Uncontrolled Format String|z-=Use of Externally-Controlled Format String|VA¤
135|a-=Incorrect Calculation of Multi-Byte String Length|VA¤
138|a-=Failure to Sanitize Special Elements|e-=Improper Sanitization of Special Elements|k-=Improper Neutralization of Special Elements|VR|XD¤
140|a-=Failure to Sanitize Delimiters|l-=Improper Neutralization of Delimiters|VA¤
141|a-=Failure to Sanitize Parameter/Argument Delimiters|k-=Improper Neutralization of Parameter/Argument Delimiters|VA¤
142|a-=Failure to Sanitize Value Delimiters|k-=Improper Neutralization of Value Delimiters|VA¤
143|a-=Failure to Sanitize Record Delimiters|k-=Improper Neutralization of Record Delimiters|VA¤
144|a-=Failure to Sanitize Line Delimiters|k-=Improper Neutralization of Line Delimiters|VA¤
145|a-=Failure to Sanitize Section Delimiters|k-=Improper Neutralization of Section Delimiters|VA¤
146|a-=Failure to Sanitize Expression/Command Delimiters|k-=Improper Neutralization of Expression/Command Delimiters|VA¤
147|a-=Failure to Sanitize Input Terminators|e-=Improper Sanitization of Input Terminators|k-=Improper Neutralization of Input Terminators|VA¤
148|a-=Failure to Sanitize Input Leaders|l-=Improper Neutralization of Input Leaders|VA¤
149|a-=Failure to Sanitize Quoting Syntax|l-=Improper Neutralization of Quoting Syntax|VA¤
150|a-=Failure to Sanitize Escape, Meta, or Control Sequences|k-=Improper Neutralization of Escape, Meta, or Control Sequences|VA¤
151|a-=Failure to Sanitize Comment Element|e-=Improper Sanitization of Comment Delimiters|k-=Improper Neutralization of Comment Delimiters|VA¤
152|a-=Failure to Sanitize Macro Symbol|e-=Improper Sanitization of Macro Symbols|k-=Improper Neutralization of Macro Symbols|VA¤
153|a-=Failure to Sanitize Substitution Character|e-=Improper Sanitization of Substitution Characters|k-=Improper Neutralization of Substitution Characters|VA¤
154|a-=Failure to Sanitize Variable Name Delimiter|e-=Improper Sanitization of Variable Name Delimiters|k-=Improper Neutralization of Variable Name Delimiters|VA¤
155|a-=Failure to Sanitize Wildcard or Matching Symbol|e-=Improper Sanitization of Wildcards or Matching Symbols|k-=Improper Neutralization of Wildcards or Matching Symbols|VA¤
156|a-=Failure to Sanitize Whitespace|e-=Improper Sanitization of Whitespace|k-=Improper Neutralization of Whitespace|VA¤
157|a-=Failure to Sanitize Paired Delimiters|VA¤
158|a-=Failure to Sanitize Null Byte or NUL Character|k-=Improper Neutralization of Null Byte or NUL Character|VA¤
159|a-=Failure to Sanitize Special Element|J-=Improper Handling of Invalid Use of Special Elements|VR¤
160|a-=Failure to Sanitize Leading Special Element|f-=Improper Sanitization of Leading Special Elements|k-=Improper Neutralization of Leading Special Elements|VA¤
161|a-=Failure to Sanitize Multiple Leading Special Elements|f-=Improper Sanitization of Multiple Leading Special Elements|k-=Improper Neutralization of Multiple Leading Special Elements|VA¤
162|a-=Failure to Sanitize Trailing Special Element|f-=Improper Sanitization of Trailing Special Elements|k-=Improper Neutralization of Trailing Special Elements|VA¤
163|a-=Failure to Sanitize Multiple Trailing Special Elements|f-=Improper Sanitization of Multiple Trailing Special Elements|k-=Improper Neutralization of Multiple Trailing Special Elements|VA¤
164|a-=Failure to Sanitize Internal Special Element|f-=Improper Sanitization of Internal Special Elements|k-=Improper Neutralization of Internal Special Elements|VA¤
165|a-=Failure to Sanitize Multiple Internal Special Elements|f-=Improper Sanitization of Multiple Internal Special Elements|k-=Improper Neutralization of Multiple Internal Special Elements|VA¤
166|a-=Failure to Handle Missing Special Element|f-=Improper Handling of Missing Special Element|VA¤
167|a-=Failure to Handle Additional Special Element|f-=Improper Handling of Additional Special Element|VA¤
168|a-=Failure to Resolve Inconsistent Special Elements|n-=Improper Handling of Inconsistent Special Elements|VA¤
170|a-=Improper Null Termination|VA¤172|a-=Encoding Error|VR¤
173|a-=Failure to Handle Alternate Encoding|n-=Improper Handling of Alternate Encoding|VA¤174|a-=Double Decoding of the Same Data|VA¤
175|a-=Failure to Handle Mixed Encoding|n-=Improper Handling of Mixed Encoding|VA¤
176|a-=Failure to Handle Unicode Encoding|n-=Improper Handling of Unicode Encoding|VA¤
177|a-=Failure to Handle URL Encoding (Hex Encoding)|n-=Improper Handling of URL Encoding (Hex Encoding)|VA¤
178|a-=Failure to Resolve Case Sensitivity|n-=Improper Handling of Case Sensitivity|VA¤
179|a-=Incorrect Behavior Order: Early Validation|VA¤180|a-=Incorrect Behavior Order: Validate Before Canonicalize|VA¤
181|a-=Incorrect Behavior Order: Validate Before Filter|VA¤
182|a-=Collapse of Data Into Unsafe Value|l-=Collapse of Data into Unsafe Value|VA¤
183|a-=Permissive Whitelist|J-=Permissive List of Allowed Inputs|VA¤
184|a-=Incomplete Blacklist|J-=Incomplete List of Disallowed Inputs|VA¤185|a-=Incorrect Regular Expression|VR¤
186|a-=Overly Restrictive Regular Expression|VA¤187|a-=Partial Comparison|E-=Partial String Comparison|VA¤
188|a-=Reliance on Data/Memory Layout|VA¤190|a-=Integer Overflow (Wrap or Wraparound)|d-=Integer Overflow or Wraparound|VA¤
191|a-=Integer Underflow (Wrap or Wraparound)|VA¤192|C-=Integer Coercion Error|VA¤193|a-=Off-by-one Error|VA¤
194|a-=Incorrect Sign Extension|c-=Unexpected Sign Extension|VA¤195|a-=Signed to Unsigned Conversion Error|VA¤
196|a-=Unsigned to Signed Conversion Error|VA¤197|a-=Numeric Truncation Error|VA¤198|a-=Use of Incorrect Byte Ordering|VA¤
200|a-=Information Leak (Information Disclosure)|i-=Information Exposure|J-=Exposure of Sensitive Information to an Unauthorized Actor|VD¤
201|a-=Information Leak Through Sent Data|m-=Information Exposure Through Sent Data|J-=Exposure of Sensitive Information Through Sent Data|L-=Insertion of Sensitive Information Into Sent Data|VA¤
202|a-=Privacy Leak through Data Queries|o-=Exposure of Sensitive Data Through Data Queries|J-=Exposure of Sensitive Information Through Data Queries|VA¤
203|a-=Discrepancy Information Leaks|i-=Information Exposure Through Discrepancy|J-=Observable Discrepancy|L-=Observable Differences in Behavior to Error Inputs|M-=Observable Discrepancy|VA¤
204|a-=Response Discrepancy Information Leak|m-=Response Discrepancy Information Exposure|J-=Observable Response Discrepancy|VA¤
205|a-=Behavioral Discrepancy Information Leak|i-=Information Exposure Through Behavioral Discrepancy|J-=Observable Behavioral Discrepancy|VA¤
206|a-=Internal Behavioral Inconsistency Information Leak|o-=Information Exposure of Internal State Through Behavioral Inconsistency|J-=Observable Internal Behavioral Discrepancy|VA¤
207|a-=External Behavioral Inconsistency Information Leak|i-=Information Exposure Through an External Behavioral Inconsistency|J-=Observable Behavioral Discrepancy With Equivalent Products|VA¤
208|a-=Timing Discrepancy Information Leak|o-=Information Exposure Through Timing Discrepancy|J-=Observable Timing Discrepancy|VA¤
209|a-=Error Message Information Leaks|d-=Error Message Information Leak|i-=Information Exposure Through an Error Message|J-=Generation of Error Message Containing Sensitive Information|VA¤
210|a-=Product-Generated Error Message Information Leak|o-=Information Exposure Through Generated Error Message|t-=Information Exposure Through Self-generated Error Message|J-=Self-generated Error Message Containing Sensitive Information|VA¤
211|a-=Product-External Error Message Information Leak|o-=Information Exposure Through External Error Message|t-=Information Exposure Through Externally-generated Error Message|C-=Information Exposure Through Externally-Generated Error Message|J-=Externally-Generated Error Message Containing Sensitive Information|VA¤
212|a-=Cross-boundary Cleansing Information Leak|i-=Improper Cross-boundary Cleansing|j-=Improper Cross-boundary Removal of Sensitive Data|J-=Improper Removal of Sensitive Information Before Storage or Transfer|VA¤
213|a-=Intended Information Leak|o-=Intentional Information Exposure|J-=Exposure of Sensitive Information Due to Incompatible Policies|VA¤
214|a-=Process Environment Information Leak|o-=Information Exposure Through Process Environment|J-=Invocation of Process Using Visible Sensitive Information|VA¤
215|a-=Information Leak Through Debug Information|m-=Information Exposure Through Debug Information|J-=Insertion of Sensitive Information Into Debugging Code|VA¤
216|a-=Containment Errors (Container Errors)|JX=DEPRECATED: Containment Errors (Container Errors)¤
217|a-=Failure to Protect Stored Data from Modification|fX=DEPRECATED: Failure to Protect Stored Data from Modification¤
218|aX=DEPRECATED (Duplicate): Failure to provide confidentiality for stored data|OX=DEPRECATED: Failure to provide confidentiality for stored data¤
219|a-=Sensitive Data Under Web Root|J-=Storage of File with Sensitive Data Under Web Root|VA¤
220|a-=Sensitive Data Under FTP Root|J-=Storage of File With Sensitive Data Under FTP Root|VA¤221|a-=Information Loss or Omission|VR¤
222|a-=Truncation of Security-relevant Information|VA¤223|a-=Omission of Security-relevant Information|VA¤
224|a-=Obscured Security-relevant Information by Alternate Name|VA¤
225|aX=DEPRECATED (Duplicate): General Information Management Problems|OX=DEPRECATED: General Information Management Problems¤
226|a-=Sensitive Information Uncleared Before Release|J-=Sensitive Information Uncleared in Resource Before Release for Reuse|L-=Sensitive Information in Resource Not Removed Before Reuse|VA¤
227|a-=Failure to Fulfill API Contract (aka 'API Abuse')|f-=Failure to Fulfill API Contract ('API Abuse')|o-=Improper Fulfillment of API Contract ('API Abuse')|C-!¤
228|a-=Failure to Handle Syntactically Invalid Structure|e-=Improper Handling of Syntactically Invalid Structure|VR¤
229|a-=Improper Handling of Values|VA¤230|a-=Failure to Handle Missing Value|e-=Improper Handling of Missing Values|VA¤
231|a-=Failure to Handle Extra Value|e-=Improper Handling of Extra Values|VA¤
232|a-=Failure to Handle Undefined Value|e-=Improper Handling of Undefined Values|VA¤
233|a-=Parameter Problems|v-=Improper Handling of Parameters|VA¤234|a-=Failure to Handle Missing Parameter|VA|XD¤
235|a-=Failure to Handle Extra Parameter|e-=Improper Handling of Extra Parameters|VA¤
236|a-=Failure to Handle Undefined Parameter|e-=Improper Handling of Undefined Parameters|VA¤
237|a-=Element Problems|e-=Improper Handling of Structural Elements|VA¤
238|a-=Failure to Handle Missing Element|e-=Improper Handling of Incomplete Structural Elements|VA¤
239|a-=Failure to Handle Incomplete Element|VA¤
240|a-=Failure to Resolve Inconsistent Elements|e-=Improper Handling of Inconsistent Structural Elements|VA¤
241|a-=Failure to Handle Wrong Data Type|e-=Improper Handling of Unexpected Data Type|VA¤242|a-=Use of Inherently Dangerous Function|VA¤
243|a-=Failure to Change Working Directory in chroot Jail|n-=Creation of chroot Jail Without Changing Working Directory|VA¤
244|a-=Failure to Clear Heap Memory Before Release (aka 'Heap Inspection')|f-=Failure to Clear Heap Memory Before Release ('Heap Inspection')|n-=Improper Clearing of Heap Memory Before Release ('Heap Inspection')|VA¤
245|a-=J2EE Bad Practices: Direct Management of Connections|VA¤246|a-=J2EE Bad Practices: Direct Use of Sockets|VA¤
247|a-=Reliance on DNS Lookups in a Security Decision|vX=DEPRECATED (Duplicate): Reliance on DNS Lookups in a Security Decision|OX=DEPRECATED: Reliance on DNS Lookups in a Security Decision¤
248|a-=Uncaught Exception|VA¤249|a-=Often Misused: Path Manipulation|gX=DEPRECATED: Often Misused: Path Manipulation¤
250|a-=Design Principle Violation: Failure to Use Least Privilege|d-=Execution with Unnecessary Privileges|VA¤
252|a-=Unchecked Return Value|VA¤253|a-=Misinterpreted Function Return Value|e-=Incorrect Check of Function Return Value|VA¤
256|a-=Plaintext Storage of a Password|E-=Unprotected Storage of Credentials|O-=Plaintext Storage of a Password|VA¤
257|a-=Storing Passwords in a Recoverable Format|VA¤258|a-=Empty Password in Configuration File|VA¤
259|a-=Hard-Coded Password|j-=Use of Hard-coded Password|VA¤260|a-=Password in Configuration File|VA¤
261|a-=Weak Cryptography for Passwords|J-=Weak Encoding for Password|VA¤262|a-=Not Using Password Aging|VA¤
263|a-=Password Aging with Long Expiration|VA¤266|a-=Incorrect Privilege Assignment|VA¤267|a-=Privilege Defined With Unsafe Actions|VA¤
268|a-=Privilege Chaining|VA¤269|a-=Insecure Privilege Management|f-=Improper Privilege Management|VD¤
270|a-=Privilege Context Switching Error|VA¤271|a-=Privilege Dropping / Lowering Errors|VR¤272|a-=Least Privilege Violation|VA¤
273|a-=Failure to Check Whether Privileges Were Dropped Successfully|e-=Improper Check for Successfully Dropped Privileges|f-=Improper Check for Dropped Privileges|VA¤
274|a-=Failure to Handle Insufficient Privileges|f-=Improper Handling of Insufficient Privileges|VA|XD¤
276|a-=Insecure Default Permissions|f-=Incorrect Default Permissions|VA¤277|a-=Insecure Inherited Permissions|VA¤
278|a-=Insecure Preserved Inherited Permissions|VA¤
279|a-=Insecure Execution-assigned Permissions|f-=Incorrect Execution-Assigned Permissions|VA¤
280|a-=Failure to Handle Insufficient Permissions or Privileges|e-=Improper Handling of Insufficient Permissions or Privileges|VA¤
281|a-=Permission Preservation Failure|f-=Improper Preservation of Permissions|VA¤282|a-=Improper Ownership Management|VR¤
283|a-=Unverified Ownership|VA¤284|a-=Access Control (Authorization) Issues|o-=Improper Access Control|VD¤
285|a-=Missing or Inconsistent Access Control|d-=Improper Access Control (Authorization)|o-=Improper Authorization|VD¤
286|a-=Incorrect User Management|VR¤287|a-=Insufficient Authentication|d-=Improper Authentication|VD¤
288|a-=Authentication Bypass Using an Alternate Path or Channel|VA¤289|a-=Authentication Bypass by Alternate Name|VA¤
290|a-=Authentication Bypass by Spoofing|VA¤291|v-=Reliance on IP Address for Authentication|VA¤
292|a-=Trusting Self-reported DNS Name|vX=DEPRECATED (Duplicate): Trusting Self-reported DNS Name|OX=DEPRECATED: Trusting Self-reported DNS Name¤
293|a-=Using Referer Field for Authentication|VA¤294|a-=Authentication Bypass by Capture-replay|VA¤
295|u-=Improper Certificate Validation|VA¤
296|a-=Failure to Follow Chain of Trust in Certificate Validation|e-=Improper Following of Chain of Trust for Certificate Validation|u-=Improper Following of a Certificate's Chain of Trust|VA¤
297|a-=Failure to Validate Host-specific Certificate Data|e-=Improper Validation of Host-specific Certificate Data|u-=Improper Validation of Certificate with Host Mismatch|VA¤
298|a-=Failure to Validate Certificate Expiration|e-=Improper Validation of Certificate Expiration|VA¤
299|a-=Failure to Check for Certificate Revocation|e-=Improper Check for Certificate Revocation|VA¤
300|a-=Channel Accessible by Non-Endpoint (aka 'Man-in-the-Middle')|f-=Channel Accessible by Non-Endpoint ('Man-in-the-Middle')|J-=Channel Accessible by Non-Endpoint|VD¤
301|a-=Reflection Attack in an Authentication Protocol|VA¤302|a-=Authentication Bypass by Assumed-Immutable Data|VA¤
303|a-=Improper Implementation of Authentication Algorithm|f-=Incorrect Implementation of Authentication Algorithm|VA¤
304|a-=Missing Critical Step in Authentication|VA¤305|a-=Authentication Bypass by Primary Weakness|VA¤
306|a-=No Authentication for Critical Function|j-=Missing Authentication for Critical Function|VA¤
307|a-=Failure to Restrict Excessive Authentication Attempts|j-=Improper Restriction of Excessive Authentication Attempts|VA¤
308|a-=Use of Single-factor Authentication|VA¤309|a-=Use of Password System for Primary Authentication|VA¤
311|a-=Failure to Encrypt Sensitive Data|j-=Missing Encryption of Sensitive Data|VD¤
312|a-=Plaintext Storage of Sensitive Information|d-=Cleartext Storage of Sensitive Information|VA¤
313|a-=Plaintext Storage in a File or on Disk|v-=Cleartext Storage in a File or on Disk|VA¤
314|a-=Plaintext Storage in the Registry|v-=Cleartext Storage in the Registry|VA¤
315|a-=Plaintext Storage in a Cookie|v-=Cleartext Storage of Sensitive Information in a Cookie|VA¤
316|a-=Plaintext Storage in Memory|v-=Cleartext Storage of Sensitive Information in Memory|VA¤
317|a-=Plaintext Storage in GUI|v-=Cleartext Storage of Sensitive Information in GUI|VA¤
318|a-=Plaintext Storage in Executable|v-=Cleartext Storage of Sensitive Information in Executable|VA¤
319|a-=Plaintext Transmission of Sensitive Information|d-=Cleartext Transmission of Sensitive Information|VA¤
321|a-=Use of Hard-coded Cryptographic Key|VA¤322|a-=Key Exchange without Entity Authentication|VA¤
323|a-=Reusing a Nonce, Key Pair in Encryption|VA¤324|a-=Use of a Key Past its Expiration D\u0061te|VA¤
325|a-=Missing Required Cryptographic Step|L-=Missing Cryptographic Step|VA¤326|a-=Weak Encryption|g-=Inadequate Encryption Strength|VR¤
327|a-=Use of a Broken or Risky Cryptographic Algorithm|VR¤328|a-=Reversible One-Way Hash|P-=Use of Weak Hash|VA¤
329|a-=Not Using a Random IV with CBC Mode|N-=Not Using an Unpredictable IV with CBC Mode|O-=Generation of Predictable IV with CBC Mode|VA¤
330|a-=Use of Insufficiently Random Values|VR|XD¤331|a-=Insufficient Entropy|VA¤332|a-=Insufficient Entropy in PRNG|VA¤
333|a-=Failure to Handle Insufficient Entropy in TRNG|f-=Improper Handling of Insufficient Entropy in TRNG|VA¤
334|a-=Small Space of Random Values|VA¤335|a-=PRNG Seed Error|C-=Incorrect Usage of Seeds in Pseudo-Random Number Generator (PRNG)|VA¤
336|a-=Same Seed in PRNG|C-=Same Seed in Pseudo-Random Number Generator (PRNG)|VA¤
337|a-=Predictable Seed in PRNG|C-=Predictable Seed in Pseudo-Random Number Generator (PRNG)|VA¤
338|a-=Use of Cryptographically Weak PRNG|x-=Use of Cryptographically Weak Pseudo-Random Number Generator (PRNG)|VA¤
339|a-=Small Seed Space in PRNG|VA¤340|a-=Predictability Problems|J-=Generation of Predictable Numbers or Identifiers|VR¤
341|a-=Predictable from Observable State|VA¤342|a-=Predictable Exact Value from Previous Values|VA¤
343|a-=Predictable Value Range from Previous Values|VA¤344|a-=Use of Invariant Value in Dynamically Changing Context|VA¤
345|a-=Insufficient Verification of Data Authenticity|VR|XD¤346|a-=Origin Validation Error|VR¤
347|a-=Improperly Verified Signature|f-=Improper Verification of Cryptographic Signature|VA¤348|a-=Use of Less Trusted Source|VA¤
349|a-=Acceptance of Extraneous Untrusted Data With Trusted Data|VA¤
350|a-=Improperly Trusted Reverse DNS|v-=Reliance on Reverse DNS Resolution for a Security-Critical Action|VA¤
351|a-=Insufficient Type Distinction|VA¤352|B-=Cross-Site Request Forgery (CSRF)|C-!|D-=Cross-Site Request Forgery (CSRF)|VA¤
353|a-=Failure to Add Integrity Check Value|n-=Missing Support for Integrity Check|VA¤
354|a-=Failure to Check Integrity Check Value|e-=Improper Validation of Integrity Check Value|VA¤
356|a-=Product UI does not Warn User of Unsafe Actions|VA¤357|a-=Insufficient UI Warning of Dangerous Operations|VA¤
358|a-=Improperly Implemented Security Check for Standard|VA¤
359|a-=Privacy Violation|w-=Exposure of Private Information ('Privacy Violation')|J-=Exposure of Private Personal Information to an Unauthorized Actor|VA¤
360|a-=Trust of System Event Data|VA¤
362|a-=Race Condition|n-=Concurrent Execution using Shared Resource with Improper Synchronization ('Race Condition')|VR¤
363|a-=Race Condition Enabling Link Following|VA¤364|a-=Signal Handler Race Condition|VA¤
365|a-=Race Condition in Switch|QX=DEPRECATED: Race Condition in Switch¤366|a-=Race Condition within a Thread|VA¤
367|a-=Time-of-check Time-of-use Race Condition|b-=Time-of-check Time-of-use (TOCTOU) Race Condition|VA¤
368|a-=Context Switching Race Condition|VA¤369|a-=Divide By Zero|VA¤
370|a-=Race Condition in Checking for Certificate Revocation|f-=Missing Check for Certificate Revocation after Initial Check|VA¤
372|a-=Incomplete Internal State Distinction|VA|XD¤373|a-=State Synchronization Error|nX=DEPRECATED: State Synchronization Error¤
374|a-=Mutable Objects Passed by Reference|l-=Passing Mutable Objects to an Untrusted Method|VA¤
375|a-=Passing Mutable Objects to an Untrusted Method|m-=Returning a Mutable Object to an Untrusted Caller|VA¤
377|a-=Insecure Temporary File|VR¤378|a-=Creation of Temporary File With Insecure Permissions|VA¤
379|a-=Creation of Temporary File in Directory with Insecure Permissions|f-=Creation of Temporary File in Directory with Incorrect Permissions|J-=Creation of Temporary File in Directory with Insecure Permissions|VA¤
382|a-=J2EE Bad Practices: Use of System.exit()|VA¤383|a-=J2EE Bad Practices: Direct Use of Threads|VA¤
384|B-=Session Fixation|C-!|D-=Session Fixation|VA¤385|a-=Covert Timing Channel|VA¤386|a-=Symbolic Name not Mapping to Correct Object|VA¤
390|a-=Detection of Error Condition Without Action|VA¤391|a-=Unchecked Error Condition|VP¤
392|a-=Failure to Report Error in Status Code|n-=Missing Report of Error Condition|VA¤393|a-=Return of Wrong Status Code|VA¤
394|a-=Unexpected Status Code or Return Value|VA¤395|a-=Use of NullPointerException Catch to Detect NULL Pointer Dereference|VA¤
396|a-=Declaration of Catch for Generic Exception|VA¤397|a-=Declaration of Throws for Generic Exception|VA¤
398|a-=Indicator of Poor Code Quality|C-!¤
400|a-=Resource Exhaustion|b-=Uncontrolled Resource Consumption (aka 'Resource Exhaustion')|f-=Uncontrolled Resource Consumption ('Resource Exhaustion')|F-=Uncontrolled Resource Consumption|VD¤
401|a-=Failure to Release Memory Before Removing Last Reference (aka 'Memory Leak')|f-=Failure to Release Memory Before Removing Last Reference ('Memory Leak')|n-=Improper Release of Memory Before Removing Last Reference ('Memory Leak')|F-=Improper Release of Memory Before Removing Last Reference|G-=Missing Release of Memory after Effective Lifetime|VA¤
402|a-=Transmission of Private Resources into a New Sphere (aka 'Resource Leak')|f-=Transmission of Private Resources into a New Sphere ('Resource Leak')|VR¤
403|a-=UNIX File Descriptor Leak|o-=Exposure of File Descriptor to Unintended Control Sphere|u-=Exposure of File Descriptor to Unintended Control Sphere ('File Descriptor Leak')|VA¤
404|a-=Improper Resource Shutdown or Release|VR¤405|a-=Asymmetric Resource Consumption (Amplification)|VR¤
406|a-=Network Amplification|b-=Insufficient Control of Network Message Volume (Network Amplification)|VR¤
407|a-=Algorithmic Complexity|G-=Inefficient Algorithmic Complexity|VR¤408|a-=Incorrect Behavior Order: Early Amplification|VA¤
409|a-=Failure to Handle Highly Compressed Data (Data Amplification)|f-=Improper Handling of Highly Compressed Data (Data Amplification)|VA¤
410|a-=Insufficient Resource Pool|VA¤412|a-=Unrestricted Lock on Critical Resource|g-=Unrestricted Externally Accessible Lock|VA¤
413|a-=Insufficient Resource Locking|m-=Improper Resource Locking|VA¤414|a-=Missing Lock Check|VA¤415|a-=Double Free|VA¤
416|a-=Use After Free|VA¤419|a-=Unprotected Primary Channel|VA¤420|a-=Unprotected Alternate Channel|VA¤
421|a-=Race Condition During Access to Alternate Channel|VA¤422|a-=Unprotected Windows Messaging Channel ('Shatter')|VA¤
423|a-=Proxied Trusted Channel|cX=DEPRECATED (Duplicate): Proxied Trusted Channel|OX=DEPRECATED: Proxied Trusted Channel¤
424|a-=Failure to Protect Alternate Path|n-=Improper Protection of Alternate Path|VR¤425|a-=Direct Request ('Forced Browsing')|VA¤
426|B-=Untrusted Search Path|C-!|D-=Untrusted Search Path|VA|0R¤427|a-=Uncontrolled Search Path Element|VA|0R¤
428|a-=Unquoted Search Path or Element|VA¤430|a-=Deployment of Wrong Handler|VA¤431|a-=Missing Handler|VA¤
432|a-=Dangerous Handler not Disabled During Sensitive Operations|n-=Dangerous Signal Handler not Disabled During Sensitive Operations|VA¤
433|a-=Unparsed Raw Web Content Delivery|VA¤434|j-=Unrestricted Upload of File with Dangerous Type|VA¤
435|a-=Interaction Error|C-=Improper Interaction Between Multiple Entities|E-=Improper Interaction Between Multiple Correctly-Behaving Entities|VD¤
436|a-=Interpretation Conflict|VR¤437|a-=Incomplete Model of Endpoint Features|VA¤
439|a-=Behavioral Change in New Version or Environment|VA¤440|a-=Expected Behavior Violation|VA¤
441|a-=Unintended Proxy/Intermediary|u-=Unintended Proxy or Intermediary ('Confused Deputy')|VR¤
443|aX=DEPRECATED (Duplicate): HTTP response splitting|OX=DEPRECATED: HTTP response splitting¤
444|a-=Inconsistent Interpretation of HTTP Requests (aka 'HTTP Request Smuggling')|f-=Inconsistent Interpretation of HTTP Requests ('HTTP Request Smuggling')|R-=Inconsistent Interpretation of HTTP Requests ('HTTP Request/Response Smuggling')|VA¤
446|a-=UI Discrepancy for Security Feature|VR¤447|a-=Unimplemented or Unsupported Feature in UI|VA¤448|a-=Obsolete Feature in UI|VA¤
449|a-=The UI Performs the Wrong Action|VA¤450|a-=Multiple Interpretations of UI Input|VA¤
451|a-=UI Misrepresentation of Critical Information|w-=User Interface (UI) Misrepresentation of Critical Information|VR¤
453|a-=Insecure Default Variable Initialization|VA¤
454|a-=External Initialization of Trusted Variables|j-=External Initialization of Trusted Variables or Data Stores|VA¤
455|a-=Non-exit on Failed Initialization|VA¤456|a-=Missing Initialization|u-=Missing Initialization of a Variable|VA¤
457|a-=Use of Uninitialized Variable|VA¤458|aX=DEPRECATED: Incorrect Initialization¤459|a-=Incomplete Cleanup|VA¤
460|a-=Improper Cleanup on Thrown Exception|VA¤462|a-=Duplicate Key in Associative List (Alist)|VA¤
463|a-=Deletion of Data Structure Sentinel|VA¤464|a-=Addition of Data Structure Sentinel|VA¤
466|a-=Return of Pointer Value Outside of Expected Range|VA¤467|a-=Use of sizeof() on a Pointer Type|VA¤
468|a-=Incorrect Pointer Scaling|VA¤469|a-=Use of Pointer Subtraction to Determine Size|VA¤
470|a-=Use of Externally-Controlled Input to Select Classes or Code (aka 'Unsafe Reflection')|f-=Use of Externally-Controlled Input to Select Classes or Code ('Unsafe Reflection')|VA¤
471|a-=Modification of Assumed-Immutable Data (MAID)|VA¤472|a-=External Control of Assumed-Immutable Web Parameter|VA¤
473|a-=PHP External Variable Modification|VA¤474|a-=Use of Function with Inconsistent Implementations|VA¤
475|a-=Undefined Behavior for Input to API|VA¤476|a-=NULL Pointer Dereference|VA¤
477|a-=Use of Obsolete Functions|C-=Use of Obsolete Function|VA¤
478|a-=Failure to Use Default Case in Switch|f-=Missing Default Case in Switch Statement|S-=Missing Default Case in Multiple Condition Expression|VA¤
479|a-=Unsafe Function Call from a Signal Handler|n-=Signal Handler Use of a Non-reentrant Function|VA¤
480|a-=Use of Incorrect Operator|VA¤481|a-=Assigning instead of Comparing|VA¤482|a-=Comparing instead of Assigning|VA¤
483|a-=Incorrect Block Delimitation|VA¤484|a-=Omitted Break Statement|c-=Omitted Break Statement in Switch|VA¤
485|a-=Insufficient Encapsulation|C-!¤486|a-=Comparison of Classes by Name|VA¤487|a-=Reliance on Package-level Scope|VA¤
488|a-=Data Leak Between Sessions|o-=Exposure of Data Element to Wrong Session|VA¤489|a-=Leftover Debug Code|J-=Active Debug Code|VA¤
491|a-=Public cloneable() Method Without Final (aka 'Object Hijack')|f-=Public cloneable() Method Without Final ('Object Hijack')|VA¤
492|a-=Use of Inner Class Containing Sensitive Data|VA¤493|a-=Critical Public Variable Without Final Modifier|VA¤
494|a-=Download of Untrusted Mobile Code Without Integrity Check|d-=Download of Code Without Integrity Check|VA¤
495|a-=Private Array-Typed Field Returned From A Public Method|F-=Private Data Structure Returned From A Public Method|VA¤
496|a-=Public Data Assigned to Private Array-Typed Field|VA¤
497|a-=Information Leak of System Data|i-=Exposure of System Data to an Unauthorized Control Sphere|J-=Exposure of Sensitive System Information to an Unauthorized Control Sphere|VA¤
498|a-=Information Leak through Class Cloning|o-=Cloneable Class Containing Sensitive Information|VA¤
499|a-=Serializable Class Containing Sensitive Data|VA¤500|a-=Static Field Not Marked Final|c-=Public Static Field Not Marked Final|VA¤
501|a-=Trust Boundary Violation|VA¤502|a-=Deserialization of Untrusted Data|VA¤506|a-=Embedded Malicious Code|VR¤507|a-=Trojan Horse|VA¤
508|a-=Non-Replicating Malicious Code|VA¤509|a-=Replicating Malicious Code (Virus or Worm)|VA¤510|a-=Trapdoor|VA¤
511|a-=Logic/Time Bomb|VA¤512|a-=Spyware|VA¤514|a-=Covert Channel|VR¤515|a-=Covert Storage Channel|VA¤
516|aX=DEPRECATED (Duplicate): Covert Timing Channel|OX=DEPRECATED: Covert Timing Channel¤
520|a-=.NET Misconfiguration: Use of Impersonation|VA¤521|a-=Weak Password Requirements|VA¤
522|a-=Insufficiently Protected Credentials|VR¤523|a-=Unprotected Transport of Credentials|VA¤
524|a-=Information Leak Through Caching|o-=Information Exposure Through Caching|J-=Use of Cache Containing Sensitive Information|VA¤
525|a-=Information Leak Through Browser Caching|o-=Information Exposure Through Browser Caching|J-=Use of Web Browser Cache Containing Sensitive Information|VA¤
526|a-=Information Leak Through Environmental Variables|o-=Information Exposure Through Environmental Variables|J-=Exposure of Sensitive Information Through Environmental Variables|T-=Cleartext Storage of Sensitive Information in an Environment Variable|VA¤
527|a-=Information Leak Through CVS Repository|i-=Exposure of CVS Repository to an Unauthorized Control Sphere|J-=Exposure of Version-Control Repository to an Unauthorized Control Sphere|VA¤
528|a-=Information Leak Through Core Dump Files|i-=Exposure of Core Dump File to an Unauthorized Control Sphere|VA¤
529|a-=Information Leak Through Access Control List Files|i-=Exposure of Access Control List Files to an Unauthorized Control Sphere|VA¤
530|a-=Information Leak Through Backup (.~bk) Files|i-=Exposure of Backup File to an Unauthorized Control Sphere|VA¤
531|a-=Information Leak Through Test Code|o-=Information Exposure Through Test Code|J-=Inclusion of Sensitive Information in Test Code|VA¤
532|a-=Information Leak Through Log Files|o-=Information Exposure Through Log Files|G-=Inclusion of Sensitive Information in Log Files|J-=Insertion of Sensitive Information into Log File|VA¤
533|a-=Information Leak Through Server Log Files|o-=Information Exposure Through Server Log Files|EX=DEPRECATED: Information Exposure Through Server Log Files¤
534|a-=Information Leak Through Debug Log Files|o-=Information Exposure Through Debug Log Files|EX=DEPRECATED: Information Exposure Through Debug Log Files¤
535|a-=Information Leak Through Shell Error Message|o-=Information Exposure Through Shell Error Message|J-=Exposure of Information Through Shell Error Message|VA¤
536|a-=Information Leak Through Servlet Runtime Error Message|o-=Information Exposure Through Servlet Runtime Error Message|J-=Servlet Runtime Error Message Containing Sensitive Information|VA¤
537|a-=Information Leak Through Java Runtime Error Message|o-=Information Exposure Through Java Runtime Error Message|J-=Java Runtime Error Message Containing Sensitive Information|VA¤
538|a-=File and Directory Information Leaks|i-=File and Directory Information Exposure|J-=Insertion of Sensitive Information into Externally-Accessible File or Directory|VA¤
539|a-=Information Leak Through Persistent Cookies|o-=Information Exposure Through Persistent Cookies|J-=Use of Persistent Cookies Containing Sensitive Information|VA¤
540|a-=Information Leak Through Source Code|o-=Information Exposure Through Source Code|J-=Inclusion of Sensitive Information in Source Code|VA¤
541|a-=Information Leak Through Include Source Code|o-=Information Exposure Through Include Source Code|J-=Inclusion of Sensitive Information in an Include File|VA¤
542|a-=Information Leak Through Cleanup Log Files|o-=Information Exposure Through Cleanup Log Files|EX=DEPRECATED: Information Exposure Through Cleanup Log Files¤
543|a-=Use of Singleton Pattern in a Non-thread-safe Manner|m-=Use of Singleton Pattern Without Synchronization in a Multithreaded Context|VA¤
544|a-=Missing Error Handling Mechanism|e-=Failure to Use a Standardized Error Handling Mechanism|n-=Missing Standardized Error Handling Mechanism|VA¤
545|a-=Use of Dynamic Class Loading|BX=DEPRECATED: Use of Dynamic Class Loading¤546|a-=Suspicious Comment|VA¤
547|a-=Use of Hard-coded, Security-relevant Constants|VA¤
548|a-=Information Leak Through Directory Listing|o-=Information Exposure Through Directory Listing|J-=Exposure of Information Through Directory Listing|VA¤
549|a-=Missing Password Field Masking|VA¤
550|a-=Information Leak Through Server Error Message|o-=Information Exposure Through Server Error Message|J-=Server-generated Error Message Containing Sensitive Information|VA¤
551|a-=Incorrect Behavior Order: Authorization Before Parsing and Canonicalization|VA¤
552|a-=Files or Directories Accessible to External Parties|VA¤553|a-=Command Shell in Externally Accessible Directory|VA¤
554|a-=ASP.NET Misconfiguration: Not Using Input Validation Framework|VA¤
555|a-=J2EE Misconfiguration: Plaintext Password in Configuration File|VA¤
556|a-=ASP.NET Misconfiguration: Use of Identity Impersonation|VA¤558|a-=Use of getlogin() in Multithreaded Application|VA¤
560|a-=Use of umask() with chmod-style Argument|VA¤561|a-=Dead Code|VA¤562|a-=Return of Stack Variable Address|VA¤
563|a-=Unused Variable|x-=Assignment to Variable without Use ('Unused Variable')|C-=Assignment to Variable without Use|VA¤
564|a-=SQL Injection: Hibernate|VA¤
565|a-=Use of Cookies in Security Decision|g-=Reliance on Cookies without Validation and Integrity Checking|VA¤
566|a-=Access Control Bypass Through User-Controlled SQL Primary Key|o-=Authorization Bypass Through User-Controlled SQL Primary Key|VA¤
567|a-=Unsynchronized Access to Shared Data|n-=Unsynchronized Access to Shared Data in a Multithreaded Context|VA¤
568|a-=finalize() Method Without super.finalize()|VA¤570|a-=Expression is Always False|VA¤571|a-=Expression is Always True|VA¤
572|a-=Call to Thread run() instead of start()|VA¤
573|a-=Failure to Follow Specification|o-=Improper Following of Specification by Caller|VR¤
574|a-=EJB Bad Practices: Use of Synchronization Primitives|VA¤575|a-=EJB Bad Practices: Use of AWT Swing|VA¤
576|a-=EJB Bad Practices: Use of Java I/O|VA¤577|a-=EJB Bad Practices: Use of Sockets|VA¤
578|a-=EJB Bad Practices: Use of Class Loader|VA¤579|a-=J2EE Bad Practices: Non-serializable Object Stored in Session|VA¤
580|a-=clone() Method Without super.clone()|VA¤581|a-=Object Model Violation: Just One of Equals and Hashcode Defined|VA¤
582|a-=Array Declared Public, Final, and Static|VA¤583|a-=finalize() Method Declared Public|VA¤584|a-=Return Inside Finally Block|VA¤
585|a-=Empty Synchronized Block|VA¤586|a-=Explicit Call to Finalize()|VA¤587|a-=Assignment of a Fixed Address to a Pointer|VA¤
588|a-=Attempt to Access Child of a Non-structure Pointer|VA¤589|a-=Call to Non-ubiquitous API|VA¤
590|a-=Free of Invalid Pointer Not on the Heap|f-=Free of  Memory not on the Heap|h-=Free of Memory not on the Heap|VA¤
591|a-=Sensitive Data Storage in Improperly Locked Memory|VA¤
592|a-=Authentication Bypass Issues|BX=DEPRECATED: Authentication Bypass Issues¤
593|a-=Authentication Bypass: OpenSSL CTX Object Modified after SSL Objects are Created|VA¤
594|a-=J2EE Framework: Saving Unserializable Objects to Disk|VA¤
595|a-=Incorrect Syntactic Object Comparison|f-=Comparison of Object References Instead of Object Contents|VA¤
596|a-=Incorrect Semantic Object Comparison|EX=DEPRECATED: Incorrect Semantic Object Comparison¤
597|a-=Use of Wrong Operator in String Comparison|VA¤
598|a-=Information Leak Through Query Strings in GET Request|o-=Information Exposure Through Query Strings in GET Request|J-=Use of GET Request Method With Sensitive Query Strings|VA¤
599|a-=Trust of OpenSSL Certificate Without Validation|u-=Missing Validation of OpenSSL Certificate|VA¤
600|a-=Failure to Catch All Exceptions (Missing Catch Block)|e-=Failure to Catch All Exceptions in Servlet|n-=Uncaught Exception in Servlet|VA¤
601|a-=URL Redirection to Untrusted Site (aka 'Open Redirect')|f-=URL Redirection to Untrusted Site ('Open Redirect')|VA¤
602|a-=Design Principle Violation: Client-Side Enforcement of Server-Side Security|d-=Client-Side Enforcement of Server-Side Security|VR
`;
